// The tickets as one value.
import type { Domain } from '../core/domains/domain.ts';
import { ticketListModel, ticketsProjector } from './projections.ts';
import { ticketStore } from './store.ts';
import { ticketDecider, ticketEvents, ticketState } from './ticket.ts';

export const tickets: Domain = {
  name: 'tickets',
  streams: [
    {
      type: 'Ticket',
      eventTypes: ticketEvents,
      store: 'state',
      state: ticketState,
      evolution: ticketDecider,
      load: (db, id) => ticketStore(db).load(id),
    },
  ],
  readModels: [ticketListModel],
  subscribers: [ticketsProjector],
};
