// The parts of the framework and of serverless-offline that the local plugin touches.

export interface ServerlessOffline {
  start(): Promise<void>;
  end(skipExit?: boolean): Promise<void>;
}

export interface Serverless {
  serviceDir: string;
  processedInput: { commands: string[]; options: Record<string, unknown> };
  service: {
    service: string;
    provider: { region?: string; stage?: string; timeout?: number; environment?: Record<string, string> };
    custom?: Record<string, unknown>;
    resources?: { Resources?: Record<string, unknown> };
    getFunction(key: string): { timeout?: number };
  };
  cli: { log(line: string): void };
  pluginManager: { plugins: object[]; hooks: Record<string, { pluginName: string }[]> };
}
