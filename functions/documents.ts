import * as z from 'zod';
import { endpoint } from '../lib/platform/http/endpoint.ts';
import { endpointRoutes } from '../lib/platform/http/endpoint-route.ts';
import { httpHandler } from '../lib/platform/http/stack.ts';

const getOpenApi = endpoint({
  summary: 'This document',
  input: z.strictObject({}),
  answer: z.looseObject({ openapi: z.string() }),
  // Made ahead by lib/deploy/documents, and from this file too: so it is asked for when it is wanted.
  handle: async () => (await import('../.documents/openapi.json', { with: { type: 'json' } })).default,
});

export const routes = { 'GET /openapi.json': getOpenApi };

export const handler = httpHandler(endpointRoutes(routes, undefined));
