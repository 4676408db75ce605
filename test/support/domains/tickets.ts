// The tickets in the survival tests.
import fc from 'fast-check';
import { ticketCommands } from '../../../lib/tickets/commands.ts';
import { tickets } from '../../../lib/tickets/domain.ts';
import { type TicketCommand, ticketStatus } from '../../../lib/tickets/ticket.ts';
import { type SurvivalEntry, text, wish } from '../test-domain.ts';

export const entry: SurvivalEntry = {
  domain: tickets,
  create: wish('CreateTicket', { customer_id: text, subject: text, message: text }),
  change: fc.oneof(
    wish('ChangeTicketStatus', { new_status: fc.constantFrom(...ticketStatus.options) }),
    wish('ReplaceTicketNote', { note: text }),
  ),
  commands(db) {
    const bus = ticketCommands(db);
    return ({ type, data }, id, context) =>
      bus.send({ type, data: { ...data, ...(id === undefined ? {} : { id }) } } as TicketCommand, context);
  },
};
