import * as z from 'zod';
import { endpoint } from '../lib/platform/http/endpoint.ts';
import { endpointRoutes } from '../lib/platform/http/endpoint-route.ts';
import { neededTokens } from '../lib/platform/http/operators.ts';
import { servedDocument } from '../lib/platform/http/served-document.ts';
import { httpHandler } from '../lib/platform/http/stack.ts';

// Made ahead by lib/deploy/documents, and from this file too: so they are asked for when they are wanted.
const getOpenApi = endpoint({
  summary: 'This document',
  input: z.strictObject({}),
  answer: z.looseObject({ openapi: z.string() }),
  isLarge: true,
  headers: ['Vary!', 'Content-Encoding'],
  async handle() {
    const { default: document } = await import('../.documents/openapi.json', { with: { type: 'json' } });
    return servedDocument(document, neededTokens());
  },
});

const getAsyncApi = endpoint({
  summary: 'The events of this system, its queues, and who hears of what, as AsyncAPI',
  input: z.strictObject({}),
  answer: z.looseObject({ asyncapi: z.string() }),
  isLarge: true,
  headers: ['Vary!', 'Content-Encoding'],
  handle: async () => (await import('../.documents/asyncapi.json', { with: { type: 'json' } })).default,
});

export const routes = { 'GET /openapi.json': getOpenApi, 'GET /asyncapi.json': getAsyncApi };

export const handler = httpHandler(endpointRoutes(routes, undefined));
