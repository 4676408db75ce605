// WHAT NOT TO DO: one function reads and writes everything; see lib/baseline. Right: a function for each pattern.
import {
  createBaselineProduct,
  getBaselineProduct,
  listBaselineProducts,
  updateBaselineStock,
} from '../../lib/baseline/products.ts';
import {
  createBaselineTicket,
  getBaselineTicket,
  listBaselineTickets,
  updateBaselineNote,
  updateBaselineStatus,
} from '../../lib/baseline/tickets.ts';
import { endpointRoutes } from '../../lib/platform/http/endpoint-route.ts';
import { httpHandler } from '../../lib/platform/http/stack.ts';
import { writeDb } from '../../lib/platform/mongo.ts';

export const routes = {
  'POST /baseline/tickets': createBaselineTicket,
  'PATCH /baseline/tickets/{id}/status': updateBaselineStatus,
  'PATCH /baseline/tickets/{id}/note': updateBaselineNote,
  'GET /baseline/tickets': listBaselineTickets,
  'GET /baseline/tickets/{id}': getBaselineTicket,
  'POST /baseline/products': createBaselineProduct,
  'PATCH /baseline/products/{id}/stock': updateBaselineStock,
  'GET /baseline/products': listBaselineProducts,
  'GET /baseline/products/{id}': getBaselineProduct,
};

export const handler = httpHandler(endpointRoutes(routes, { db: writeDb() }));
