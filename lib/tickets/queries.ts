// The queries of tickets, each one value: details from the write model, the list from the read model. Details of an older
// document have the defaults of the fields that it lacks; of one by a newer release there are none (`unknown_state`). A row
// of the list of another schema version is answered with what it has, until an event of its ticket, or a rebuild, brings it
// up.
import type { Db } from 'mongodb';
import * as z from 'zod';
import { pageSize, skip, uuid } from '../core/fields.ts';
import { createQueryBus } from '../core/queries/bus.ts';
import { keyset } from '../core/queries/cursor.ts';
import { documentQuery, listQuery } from '../core/queries/query.ts';
import { readState, type StateFields } from '../core/stores/state-document.ts';
import { ticketDocuments } from './projections.ts';
import { ticketsCollection } from './store.ts';
import { ticketState, ticketStatus } from './ticket.ts';

const newest = keyset(['updated_at', -1, 'date'], ['_id', -1, 'uuid']);

const listTicketsInput = z.strictObject({
  status: ticketStatus.optional(),
  has_note: z
    .enum(['true', 'false'])
    .transform((value) => value === 'true')
    .optional()
    .describe('Tickets with a note of an agent, or without'),
  limit: pageSize(20),
  skip,
  after: newest.after.optional(),
});

const ticketDetails = z.strictObject({
  id: z.uuid(),
  customer_id: z.string(),
  subject: z.string(),
  message: z.string(),
  status: ticketStatus,
  agent_note: z.string().nullable(),
  version: z.int(),
  created_at: z.date(),
  updated_at: z.date(),
});
export type TicketDetails = z.infer<typeof ticketDetails>;

const ticketRow = z.strictObject({
  id: z.uuid(),
  subject: z.string(),
  status: ticketStatus,
  updated_at: z.date(),
  preview: z.string(),
  has_note: z.boolean(),
  version: z.int(),
});

export const findTicket = async (writeDb: Db, id: string): Promise<TicketDetails | undefined> => {
  const tickets = writeDb.collection<StateFields>(ticketsCollection);
  // As the primary has it: what a majority of the nodes has may for a while after a fail-over be less than was acknowledged.
  const document = await tickets.findOne({ _id: id }, { readConcern: { level: 'local' } });
  if (document === null) return undefined;
  const { state, version, created_at, updated_at } = readState(ticketState, 'Ticket', document);
  const { customer_id, subject, message, status, agent_note } = state;
  return { id, customer_id, subject, message, status, agent_note, version, created_at, updated_at };
};

/** Newest first. `next` has the parameters of the next page. */
export const findTickets = async (
  readDb: Db,
  { status, has_note, limit, skip, after }: z.output<typeof listTicketsInput>,
) => {
  const filter = {
    ...(status === undefined ? {} : { status }),
    ...(has_note === undefined ? {} : { has_note }),
    ...newest.following(after),
  };
  const found = await ticketDocuments(readDb)
    .find(filter)
    .sort(newest.sort)
    .skip(skip)
    .limit(limit + 1)
    .toArray();
  const { rows, ...next } = newest.page(found, limit);
  const tickets = rows.map(
    ({ _id: id, subject, status: state, updated_at, preview, has_note: noted, version }) => ({
      id,
      subject,
      status: state,
      updated_at,
      preview,
      has_note: noted,
      version,
    }),
  );
  return { ...next, tickets };
};

/** The ticket's row of the list, for its version. */
export const findTicketView = async (readDb: Db, id: string): Promise<{ version: number } | undefined> =>
  (await ticketDocuments(readDb).findOne({ _id: id }, { projection: { version: 1 } })) ?? undefined;

interface Databases {
  writeDb: Db;
  readDb: Db;
}

export const getTicket = documentQuery({
  type: 'GetTicket',
  summary: 'The details of a ticket, from the write model',
  what: 'ticket',
  input: z.strictObject({ id: uuid }),
  answer: ticketDetails,
  handle: ({ data: { id } }, { writeDb }: Databases) => findTicket(writeDb, id),
});

export const listTickets = listQuery({
  type: 'ListTickets',
  summary: 'Tickets, the last updated first',
  input: listTicketsInput,
  answer: z.array(ticketRow),
  async handle({ data }, { readDb }: Databases) {
    const { tickets: body, ...next } = await findTickets(readDb, data);
    return { body, ...next };
  },
  hasReached: async ({ id, version }, { readDb }) =>
    ((await findTicketView(readDb, id))?.version ?? 0) >= version,
});

/** The bus of all queries of tickets. */
export const ticketQueries = (databases: Databases) => createQueryBus([getTicket, listTickets], databases);
