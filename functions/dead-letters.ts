import { endpointRoutes } from '../lib/platform/http/endpoint-route.ts';
import { httpHandler } from '../lib/platform/http/stack.ts';
import { deadLetterEndpoints } from '../lib/platform/ops/dead-letters.ts';
import { resources } from '../lib/platform/resources.ts';

export const routes = deadLetterEndpoints;

export const handler = httpHandler(endpointRoutes(routes, resources));
