// The tickets in the tests of the machine.
import fc from 'fast-check';
import { ticketCommands } from '../../../lib/tickets/commands.ts';
import { tickets } from '../../../lib/tickets/domain.ts';
import { type TicketCommand, ticketStatus } from '../../../lib/tickets/ticket.ts';
import { paging, versioned } from '../endpoints.ts';
import { type TestEntry, text, wish } from '../test-domain.ts';

const ticket = { path: '/tickets', body: { customer_id: 'c-1', subject: 'Printer', message: 'It burns.' } };
const status = { body: { new_status: 'in_progress' }, given: ticket };
const note = { body: { note: 'called back' }, given: ticket, blankAllowed: ['note'] };

export const entry: TestEntry = {
  domain: tickets,
  create: wish('CreateTicket', { customer_id: text, subject: text, message: text }),
  change: fc.oneof(
    wish('ChangeTicketStatus', { new_status: fc.constantFrom(...ticketStatus.options) }),
    wish('ReplaceTicketNote', { note: text }),
  ),
  commands(db, options) {
    const bus = ticketCommands(db, options);
    return ({ type, data }, id, context) =>
      bus.send({ type, data: { ...data, ...(id === undefined ? {} : { id }) } } as TicketCommand, context);
  },
  http: {
    kinds: [
      {
        name: 'tickets',
        create: (n) => ({
          method: 'POST',
          path: '/tickets',
          body: { customer_id: `c-${n % 7}`, subject: `Subject ${n}`, message: `Message ${n}` },
        }),
        changes: [
          (id, n) => ({ method: 'PATCH', path: `/tickets/${id}/note`, body: { note: `note ${n}` } }),
          (id, n) => ({ method: 'POST', path: `/tickets/${id}/note`, body: { note: `again ${n}` } }),
        ],
        history: {
          path: (id) => `/tickets/${id}/history`,
          create: () => ({ method: 'POST', ...ticket }),
          change: (id) => ({ method: 'PATCH', path: `/tickets/${id}/note`, body: note.body }),
          shows: [
            ['TicketCreated', ticket.body],
            ['TicketNoteReplaced', note.body],
          ],
        },
      },
    ],
    readAt: (id, version) => `/tickets?limit=100&consistent_with=${id}@${version}`,
    commands: [
      { method: 'POST', ...ticket },
      { method: 'PATCH', path: '/tickets/{id}/status', ...status },
      { method: 'POST', path: '/tickets/{id}/status', ...status },
      { method: 'PATCH', path: '/tickets/{id}/note', ...note },
      { method: 'POST', path: '/tickets/{id}/note', ...note },
    ],
    queries: [
      { path: '/tickets', numbers: paging, words: ['status', 'has_note', 'consistent_with'] },
      { path: '/tickets/{id}', given: ticket, numbers: versioned },
    ],
  },
};
