// The parts of the plugin that the subclass builds on; the package ships no types.
declare module 'serverless-offline-sqs' {
  import type Lambda from 'serverless-offline/lambda';
  import type { OfflineOptions, Serverless } from './serverless.ts';

  export default class ServerlessOfflineSqs {
    constructor(serverless: Serverless, cliOptions: object);
    hooks: Record<string, () => unknown>;
    options: Partial<OfflineOptions>;
    lambda: Lambda;
    serverless: Serverless;
    ready(): void;
    end(): Promise<void>;
    _mergeOptions(): void;
    _createSqs(): Promise<void>;
  }
}
