// The history of a ticket: who wrote what, as far as its events are kept.
import * as z from 'zod';
import { uuid } from '../core/fields.ts';
import { historyPaging, historyQuery } from '../core/queries/history.ts';
import { createTrail } from '../core/queries/trail.ts';
import { ticketsCollection } from './store.ts';
import { type TicketEvent, ticketEvents } from './ticket.ts';

const trail = createTrail<TicketEvent>(ticketEvents, {
  TicketCreated: { data: z.strictObject(ticketEvents.TicketCreated.data.shape) },
  TicketStatusChanged: { data: z.strictObject(ticketEvents.TicketStatusChanged.data.shape) },
  TicketNoteReplaced: { data: z.strictObject(ticketEvents.TicketNoteReplaced.data.shape) },
});

export const getTicketHistory = historyQuery({
  type: 'GetTicketHistory',
  streamType: 'Ticket',
  input: z.strictObject({ id: uuid, ...historyPaging }),
  trail,
  documents: ticketsCollection,
});
