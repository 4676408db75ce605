import { missingRoute } from '../lib/platform/http/missing-route.ts';
import { httpHandler } from '../lib/platform/http/stack.ts';

export const routes = {};

// lib/deploy/plugin.ts writes the table.
export const handler = httpHandler(routes, missingRoute(process.env['ROUTES'] ?? ''));
