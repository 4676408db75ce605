// The parts of the plugin that the subclass builds on; the package ships no types.
declare module 'serverless-offline-sqs' {
  import type { Serverless } from './serverless.ts';

  type LambdaFunction = { setEvent(event: unknown): void; runHandler(): Promise<unknown> };
  export type SqsEvent = { functionKey: string; handler: string; sqs: unknown };

  export default class ServerlessOfflineSqs {
    constructor(serverless: Serverless, cliOptions: Record<string, unknown>);
    hooks: Record<string, () => unknown>;
    options: Record<string, unknown>;
    lambda: { get(functionKey: string): LambdaFunction; cleanup(): Promise<void> };
    serverless: Serverless;
    start(): Promise<void>;
    ready(): void;
    end(skipExit?: boolean): Promise<void>;
    _mergeOptions(): void;
    _createSqs(events: SqsEvent[]): Promise<void>;
  }
}
