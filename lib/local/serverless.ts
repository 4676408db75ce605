import type { Server } from 'node:http';

// The parts of the framework and of serverless-offline that the local plugin touches.

type ExtensionRequest = {
  path: string;
  headers: Record<string, string | undefined>;
  payload?: unknown;
  raw: { req: { rawHeaders: string[] } };
  response: {
    isBoom?: boolean;
    output?: { statusCode: number };
    statusCode?: number;
    source?: unknown;
  };
};
export type HttpResponse = {
  code(status: number): HttpResponse;
  type(mediaType: string): HttpResponse;
  header(name: string, value: string): HttpResponse;
  takeover(): HttpResponse;
};
export type Toolkit = { continue: symbol; response(body: string): HttpResponse };
export type HttpRequest = ExtensionRequest;
export type HttpServer = {
  listener: Server;
  ext(
    event: 'onPreHandler' | 'onPreResponse',
    method: (request: HttpRequest, toolkit: Toolkit) => unknown,
  ): void;
};

export type ServerlessOffline = {
  start(): Promise<void>;
  end(skipExit?: boolean): Promise<void>;
  internals(): { getApiGatewayServer(): HttpServer };
};

export type Serverless = {
  serviceDir: string;
  processedInput: { commands: string[] };
  service: {
    service: string;
    provider: { region?: string; stage?: string; timeout?: number; environment?: Record<string, string> };
    custom?: Record<string, unknown>;
    resources?: { Resources?: Record<string, unknown> };
    getFunction(key: string): { timeout?: number };
  };
  cli: { log(line: string): void };
  pluginManager: { plugins: object[]; hooks: Record<string, { pluginName: string }[]> };
};
