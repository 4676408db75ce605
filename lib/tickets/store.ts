// Where tickets are kept: as documents.
import type { Db } from 'mongodb';
import { stateStored } from '../core/stores/state-stored.ts';
import { type Ticket, type TicketEvent, ticketDecider, ticketEvents, ticketState } from './ticket.ts';

export const ticketsCollection = 'tickets';

export const ticketStore = (db: Db) =>
  stateStored<Ticket | undefined, TicketEvent>({
    db,
    streamType: 'Ticket',
    collection: ticketsCollection,
    decider: ticketDecider,
    state: ticketState,
    eventTypes: ticketEvents,
  });
