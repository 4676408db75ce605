// WHAT NOT TO DO: one function reads and writes everything; see lib/baseline. Right: a function for each pattern.
import * as z from 'zod';
import * as products from '../../lib/baseline/products.ts';
import * as tickets from '../../lib/baseline/tickets.ts';
import { parseInput, uuid } from '../../lib/platform/fields.ts';
import { gather } from '../../lib/platform/http/command-request.ts';
import { type HttpAnswer, httpHandler, type Route, type Routes } from '../../lib/platform/http/stack.ts';
import { writeDb } from '../../lib/platform/mongo.ts';

const idInput = z.strictObject({ id: uuid });

const route =
  <I extends z.ZodObject>(status: number, input: I, work: (input: z.output<I>) => Promise<unknown>): Route =>
  async (request): Promise<HttpAnswer> => ({
    status,
    body: await work(parseInput(input, gather(request, []).input)),
  });

const updateTicket = route(200, tickets.updateInput, (it) => tickets.updateTicket(writeDb(), it));

export const routes: Routes = {
  'POST /baseline/tickets': route(201, tickets.createInput, (it) => tickets.createTicket(writeDb(), it)),
  'PATCH /baseline/tickets/{id}/status': updateTicket,
  'PATCH /baseline/tickets/{id}/note': updateTicket,
  'GET /baseline/tickets': route(200, z.strictObject({}), () => tickets.listTickets(writeDb())),
  'GET /baseline/tickets/{id}': route(200, idInput, ({ id }) => tickets.findTicket(writeDb(), id)),
  'POST /baseline/products': route(201, products.createInput, (it) => products.createProduct(writeDb(), it)),
  'PATCH /baseline/products/{id}/stock': route(200, products.stockInput, (it) =>
    products.updateStock(writeDb(), it),
  ),
  'GET /baseline/products': route(200, z.strictObject({}), () => products.listProducts(writeDb())),
  'GET /baseline/products/{id}': route(200, idInput, ({ id }) => products.findProduct(writeDb(), id)),
};

export const handler = httpHandler(routes);
