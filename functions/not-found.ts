import { httpHandler } from '../lib/platform/http/stack.ts';

export const routes = {};

export const handler = httpHandler(routes);
