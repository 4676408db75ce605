import { queuedCommandRoutes } from '../../lib/platform/http/queued-command-route.ts';
import { httpHandler } from '../../lib/platform/http/stack.ts';
import { writeDb } from '../../lib/platform/mongo.ts';
import { viewProduct } from '../../lib/products/commands.ts';

export const routes = { 'POST /products/{id}/views': viewProduct };

export const handler = httpHandler(queuedCommandRoutes(routes, writeDb()));
