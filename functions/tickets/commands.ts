import { commandRoute } from '../../lib/platform/http/command-route.ts';
import { httpHandler, type Routes } from '../../lib/platform/http/stack.ts';
import { inlineProjection } from '../../lib/platform/inline-projection.ts';
import { writeDb } from '../../lib/platform/mongo.ts';
import {
  changeStatusInput,
  createTicketInput,
  replaceNoteInput,
  ticketCommands,
} from '../../lib/tickets/commands.ts';
import { ticketsProjector } from '../../lib/tickets/projections.ts';
import type { TicketEvent } from '../../lib/tickets/ticket.ts';

const bus = ticketCommands(writeDb(), inlineProjection<TicketEvent>('tickets', ticketsProjector));

const create = commandRoute({
  input: createTicketInput,
  send: (data, context) => bus.send({ type: 'CreateTicket', data }, context),
  location: ({ id }) => `/tickets/${id}`,
});
const changeStatus = commandRoute({
  input: changeStatusInput,
  send: (data, context) => bus.send({ type: 'ChangeTicketStatus', data }, context),
});
const replaceNote = commandRoute({
  input: replaceNoteInput,
  send: (data, context) => bus.send({ type: 'ReplaceTicketNote', data }, context),
});

export const routes: Routes = {
  'POST /tickets': create,
  'PATCH /tickets/{id}/status': changeStatus,
  'POST /tickets/{id}/status': changeStatus,
  'PATCH /tickets/{id}/note': replaceNote,
  'POST /tickets/{id}/note': replaceNote,
};

export const handler = httpHandler(routes);
