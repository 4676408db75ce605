// The servers of serverless-offline 14.8.2 (its gateway and its Lambda API) are hapi's, and the second one is out of a
// plugin's reach: they are met with as they start, before they take the first request.

import type { Server as HttpListener } from 'node:http';
import { createRequire } from 'node:module';

export interface HapiRequest {
  method: string;
  path: string;
  headers: Record<string, string | undefined>;
  payload?: unknown;
  mime?: string;
  raw: { req: { rawHeaders: string[]; url?: string } };
  params: Record<string, unknown>;
  /** As hapi writes it: `/read/{key*}`. */
  route: { path: string };
  response: {
    isBoom?: boolean;
    /** What hapi says of its own error. */
    message?: string;
    output?: { statusCode: number; headers: Record<string, unknown> };
    headers?: Record<string, unknown>;
    source?: unknown;
  };
  /** Before routing only. */
  setMethod(method: string): void;
}

export interface HapiResponse {
  code(status: number): HapiResponse;
  type(mediaType: string): HapiResponse;
  header(name: string, value: string): HapiResponse;
  takeover(): HapiResponse;
}

export interface Toolkit {
  continue: symbol;
  response(body?: string): HapiResponse;
}

export type Extension = (request: HapiRequest, toolkit: Toolkit) => unknown;

export interface HapiServer {
  listener: HttpListener;
  ext(event: 'onRequest' | 'onPreHandler' | 'onPreResponse', method: Extension): void;
  table(): { path: string; settings: { response?: { ranges?: boolean } } }[];
  start(): Promise<void>;
}

/** Calls `prepare` with each server just before it listens. */
export const beforeServersStart = (prepare: (server: HapiServer) => void): void => {
  const fromOffline = createRequire(createRequire(import.meta.url).resolve('serverless-offline'));
  const prototype: HapiServer = Object.getPrototypeOf(fromOffline('@hapi/hapi').server());
  const { start } = prototype;
  prototype.start = function (this: HapiServer): Promise<void> {
    prepare(this);
    return start.call(this);
  };
};
