// The read model of the ticket list.
import type { Db } from 'mongodb';
import type { Projection, ReadDocument } from '../core/projection/projection.ts';
import { projector } from '../core/projection/projector.ts';
import type { ReadModelDefinition } from '../core/projection/read-model.ts';
import { stateSource } from '../core/projection/sources.ts';
import { ticketsCollection } from './store.ts';
import { type Ticket, type TicketEvent, type TicketStatus, ticketEvents, ticketState } from './ticket.ts';

export interface TicketSummary {
  subject: string;
  status: TicketStatus;
  preview: string;
  has_note: boolean;
}

const previewLength = 80;

/** The first 80 characters with white space folded, cut at a word if there is one, with `…` if cut. */
export const preview = (message: string): string => {
  const characters = Array.from(message.replace(/\s+/g, ' ').trim());
  if (characters.length <= previewLength) return characters.join('');
  const head = characters.slice(0, previewLength).join('');
  if (characters[previewLength] === ' ') return `${head}…`;
  const lastSpace = head.lastIndexOf(' ');
  return `${lastSpace > 0 ? head.slice(0, lastSpace) : head}…`;
};

const hasNote = (note: string | null): boolean => note !== null && note.trim() !== '';

const fromTicket = ({ subject, status, message, agent_note }: Ticket): TicketSummary => ({
  subject,
  status,
  preview: preview(message),
  has_note: hasNote(agent_note),
});

export const ticketList: Projection<TicketSummary, TicketEvent> = {
  name: 'tickets',
  streamType: 'Ticket',
  schemaVersion: 1,
  eventTypes: ticketEvents,
  evolve(document, event) {
    if (event.type === 'TicketCreated')
      return fromTicket({ ...event.data, status: 'open', agent_note: null });
    if (document === undefined) throw new Error(`${event.stream_id} does not begin with TicketCreated`);
    const { subject, status, preview: text, has_note } = document;
    const summary = { subject, status, preview: text, has_note };
    switch (event.type) {
      case 'TicketStatusChanged':
        return { ...summary, status: event.data.to };
      case 'TicketNoteReplaced':
        return { ...summary, has_note: hasNote(event.data.note) };
    }
  },
};

export const ticketDocumentsCollection = 'ticket_views';

export const ticketDocuments = (readDb: Db) =>
  readDb.collection<ReadDocument<TicketSummary>>(ticketDocumentsCollection);

export const ticketListModel: ReadModelDefinition<Projection> = {
  projection: ticketList,
  collection: ticketDocumentsCollection,
  source: (writeDb) =>
    stateSource(writeDb, { collection: ticketsCollection, state: ticketState }, ticketList, fromTicket),
  indexes: [
    { keys: { updated_at: -1, _id: -1 } },
    { keys: { status: 1, updated_at: -1, _id: -1 } },
    { keys: { has_note: 1, updated_at: -1, _id: -1 } },
    { keys: { status: 1, has_note: 1, updated_at: -1, _id: -1 } },
  ],
};

export const ticketsProjector = projector('tickets-projector', [ticketListModel]);
