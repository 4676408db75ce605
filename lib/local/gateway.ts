// The local gateway as API Gateway is: what it hands to a function, and what it does not.

import { isUtf8 } from 'node:buffer';
import { isDecodable } from '../platform/http/request.ts';
import { answerBrokenRequest, answerWithProblem, problemOf } from './gateway-problem.ts';
import type { Extension, HapiRequest, HapiServer } from './hapi.ts';
import { enterFromOrigin, tellOrigin } from './origins.ts';

// hapi answers HEAD by the route of GET. On AWS it has none: a method that no route names ends at `*`.
const unrouted = 'head-without-route';

// hapi cleans a path up. To API Gateway `/tickets/` and `/docs/.` are paths of their own, which no route has.
const isCleanedUp = (path: string): boolean => path !== '/' && /\/$|\/(\.|%2e){1,2}(\/|$)/i.test(path);

// hapi's parameter for the rest of a path may be empty. API Gateway's `{key+}` stands for one segment at least.
const lacksRest = ({ route, params }: HapiRequest): boolean => {
  const [, name] = /\{(\w+)\*\}$/.exec(route.path) ?? [];
  return name !== undefined && !params[name];
};

const enter: Extension = (request, toolkit) => {
  // serverless-offline turns what is no UTF-8 into another text; on AWS a function sees it, and refuses it.
  const [path = '', query = ''] = (request.raw.req.url ?? '').split('?');
  if (isCleanedUp(path)) return problemOf(request, toolkit, 404).takeover();
  if (!isDecodable(query)) return problemOf(request, toolkit, 400).takeover();
  if (request.method === 'head') request.setMethod(unrouted);
  return enterFromOrigin(request, toolkit);
};

/**
 * serverless-offline 14.8.2 decodes a body without a word about what is no UTF-8, calls one without a content type JSON, and
 * parses JSON by itself, after which `0` is no body and a string has lost its quotes. A function sees what was sent.
 */
const handOver: Extension = (request, toolkit) => {
  const { payload, headers, raw } = request;
  if (request.method === unrouted) request.method = 'head';
  if (lacksRest(request)) return problemOf(request, toolkit, 404).takeover();
  if (!Buffer.isBuffer(payload) || payload.length === 0) return toolkit.continue;
  if (!isUtf8(payload)) return problemOf(request, toolkit, 400).takeover();
  if (!headers['content-type']) raw.req.rawHeaders.push('content-type', 'application/octet-stream');
  request.mime = 'application/octet-stream';
  return toolkit.continue;
};

/** hapi would answer with a part of a body (206) who asks for one; API Gateway knows nothing of it. */
const sendWhole = (server: HapiServer): void => {
  for (const { settings } of server.table()) settings.response = { ...settings.response, ranges: false };
};

/** Longer than clients keep a connection that rests: who reuses one just as Node's five seconds end gets no answer. */
const keepAliveMs = 75_000;

export const prepareGateway = (server: HapiServer): void => {
  server.listener.keepAliveTimeout = keepAliveMs;
  sendWhole(server);
  server.listener.removeAllListeners('clientError').on('clientError', answerBrokenRequest);
  server.ext('onRequest', enter);
  server.ext('onPreHandler', handOver);
  server.ext('onPreResponse', answerWithProblem);
  server.ext('onPreResponse', tellOrigin);
};
