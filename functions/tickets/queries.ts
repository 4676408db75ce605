import { queryRoutes } from '../../lib/platform/http/query-route.ts';
import { httpHandler } from '../../lib/platform/http/stack.ts';
import { readDb, writeDb } from '../../lib/platform/mongo.ts';
import { getTicket, listTickets, ticketQueries } from '../../lib/tickets/queries.ts';

export const routes = {
  'GET /tickets': listTickets,
  'GET /tickets/{id}': getTicket,
};

export const handler = httpHandler(
  queryRoutes(routes, ticketQueries({ writeDb: writeDb(), readDb: readDb() })),
);
