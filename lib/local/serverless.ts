// The parts of the framework and of serverless-offline that the local plugin touches.
import type { Service } from '../deploy/service.ts';

export interface ServerlessOffline {
  start(): Promise<void>;
  end(skipExit?: boolean): Promise<void>;
}

/** Where `sls offline` listens. */
export interface OfflineOptions {
  httpPort: number;
  lambdaPort: number;
}

export interface Serverless {
  serviceDir: string;
  processedInput: { commands: string[]; options: Record<string, unknown> };
  service: {
    service: string;
    provider: { region?: string; environment?: Record<string, string> };
    custom?: { 'serverless-offline'?: Partial<OfflineOptions> };
    functions: Service['functions'];
    getAllFunctions(): string[];
    getFunction(key: string): object;
  };
  pluginManager: { plugins: object[]; hooks: Record<string, { pluginName: string }[]> };
}
