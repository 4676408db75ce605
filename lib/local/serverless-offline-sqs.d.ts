// The parts of the plugin that the subclass builds on; the package ships no types.
declare module 'serverless-offline-sqs' {
  import type Lambda from 'serverless-offline/lambda';
  import type { Serverless } from './serverless.ts';

  export interface SqsEvent {
    functionKey: string;
    handler: string;
    sqs: unknown;
  }

  export default class ServerlessOfflineSqs {
    constructor(serverless: Serverless, cliOptions: Record<string, unknown>);
    hooks: Record<string, () => unknown>;
    options: Record<string, unknown>;
    lambda: Lambda;
    serverless: Serverless;
    start(): Promise<void>;
    ready(): void;
    end(skipExit?: boolean): Promise<void>;
    _mergeOptions(): void;
    _createSqs(events: SqsEvent[]): Promise<void>;
  }
}
