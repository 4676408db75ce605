import { commandRoutes } from '../../lib/platform/http/command-route.ts';
import { httpHandler } from '../../lib/platform/http/stack.ts';
import { inlineProjection } from '../../lib/platform/inline-projection.ts';
import { writeDb } from '../../lib/platform/mongo.ts';
import {
  changeTicketStatus,
  createTicket,
  replaceTicketNote,
  ticketCommands,
} from '../../lib/tickets/commands.ts';
import { ticketsProjector } from '../../lib/tickets/projections.ts';
import type { TicketEvent } from '../../lib/tickets/ticket.ts';

export const routes = {
  'POST /tickets': createTicket,
  'PATCH /tickets/{id}/status': changeTicketStatus,
  'POST /tickets/{id}/status': changeTicketStatus,
  'PATCH /tickets/{id}/note': replaceTicketNote,
  'POST /tickets/{id}/note': replaceTicketNote,
};

const bus = ticketCommands(writeDb(), inlineProjection<TicketEvent>('tickets', ticketsProjector));

export const handler = httpHandler(commandRoutes(routes, bus));
