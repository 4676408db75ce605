import { documentRoute, listRoute } from '../../lib/platform/http/query-route.ts';
import { httpHandler, type Routes } from '../../lib/platform/http/stack.ts';
import { readDb, writeDb } from '../../lib/platform/mongo.ts';
import {
  findTicket,
  findTicketView,
  getTicketInput,
  listTickets,
  listTicketsInput,
} from '../../lib/tickets/queries.ts';

export const routes: Routes = {
  'GET /tickets': listRoute({
    input: listTicketsInput,
    find: (id) => findTicketView(readDb(), id),
    list: async (input) => {
      const { tickets, hasMore } = await listTickets(readDb(), input);
      return { body: tickets, hasMore };
    },
  }),
  'GET /tickets/{id}': documentRoute({
    input: getTicketInput,
    what: 'ticket',
    find: ({ id }) => findTicket(writeDb(), id),
  }),
};

export const handler = httpHandler(routes);
