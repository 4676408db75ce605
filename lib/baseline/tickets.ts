// WHAT NOT TO DO: tickets as naive CRUD, kept to compare and measure the rest with. Each flaw is marked with a number
// and names the file that does it right.
import { randomUUID } from 'node:crypto';
import type { Db } from 'mongodb';
import * as z from 'zod';
import { notFound } from '../core/errors.ts';
import { optionalText, pageSize, requiredText, skip, uuid } from '../core/fields.ts';
import { endpoint } from '../platform/http/endpoint.ts';

interface BaselineTicket {
  _id: string;
  customer_id: string;
  subject: string;
  message: string;
  status: string;
  agent_note: string;
  updated_at: Date;
}

// 1. One mutable collection serves writing and reading. Right: lib/tickets/commands.ts and lib/tickets/projections.ts.
const collection = (db: Db) => db.collection<BaselineTicket>('baseline_tickets');

const createInput = z.strictObject({
  customer_id: requiredText(255),
  subject: requiredText(500),
  message: requiredText(50_000),
});

const createTicket = async (db: Db, input: z.output<typeof createInput>) => {
  // 2. A retry makes a second ticket. Right: the Idempotency-Key in lib/core/commands/handle.ts.
  const ticket = { ...input, status: 'open', agent_note: '', updated_at: new Date() };
  const id = randomUUID();
  // 3. No event: nobody hears of it, and what it was before is gone. Right: lib/core/stores/event-rows.ts.
  await collection(db).insertOne({ _id: id, ...ticket });
  return { id };
};

// 4. Any text is a status, and a closed ticket is reopened. Right: the rules in lib/tickets/ticket.ts.
const statusInput = z.strictObject({ id: uuid, new_status: requiredText(50) });
const noteInput = z.strictObject({ id: uuid, note: optionalText(50_000) });

const updateTicket = async (
  db: Db,
  { id, ...change }: { id: string; status?: string; agent_note?: string },
) => {
  // 5. Last write wins: two agents overwrite each other unseen. Right: the version guard in lib/core/stores/state-stored.ts.
  const ticket = await collection(db).findOne({ _id: id });
  if (ticket === null) throw notFound('Ticket', id);
  await collection(db).replaceOne({ _id: id }, { ...ticket, ...change, updated_at: new Date() });
  return { id };
};

const listInput = z.strictObject({
  status: requiredText(50).optional(),
  has_note: z
    .enum(['true', 'false'])
    .transform((value) => value === 'true')
    .optional()
    .describe('Tickets with a note of an agent, or without'),
  limit: pageSize(20),
  skip,
});

const listTickets = async (db: Db, { status, has_note, limit, skip }: z.output<typeof listInput>) => {
  // 6. Reads whole documents, filters and sorts them without an index. Right: the indexes in lib/tickets/projections.ts.
  const filter = {
    ...(status === undefined ? {} : { status }),
    ...(has_note === undefined ? {} : { agent_note: has_note ? /\S/ : { $not: /\S/ } }),
  };
  const tickets = await collection(db)
    .find(filter)
    .sort({ updated_at: -1 })
    .skip(skip)
    .limit(limit)
    .toArray();
  // 7. Derives the same fields again on every list. Right: once a change, in lib/tickets/projections.ts.
  return tickets.map(({ _id: id, subject, status, updated_at, message, agent_note }) => ({
    id,
    subject,
    status,
    updated_at,
    preview: message.slice(0, 80),
    has_note: agent_note.trim() !== '',
  }));
};

const findTicket = async (db: Db, id: string) => {
  const ticket = await collection(db).findOne({ _id: id });
  if (ticket === null) throw notFound('Ticket', id);
  const { _id, ...fields } = ticket;
  return { id: _id, ...fields };
};

interface Environment {
  db: Db;
}

const given = z.strictObject({ id: z.uuid() });

export const createBaselineTicket = endpoint({
  summary: 'Naive: open a ticket',
  input: createInput,
  example: { customer_id: 'c-1', subject: 'Printer', message: 'It burns.' },
  answer: given,
  statuses: [201],
  headers: ['Location!'],
  headersOf: ({ id }) => ({ location: `/baseline/tickets/${id}` }),
  handle: (input, { db }: Environment) => createTicket(db, input),
});

export const updateBaselineStatus = endpoint({
  summary: 'Naive: overwrite the status of a ticket',
  input: statusInput,
  example: { new_status: 'closed' },
  answer: given,
  handle: ({ id, new_status: status }, { db }: Environment) => updateTicket(db, { id, status }),
});

export const updateBaselineNote = endpoint({
  summary: 'Naive: overwrite the note of a ticket',
  input: noteInput,
  example: { note: 'called back' },
  answer: given,
  handle: ({ id, note: agent_note }, { db }: Environment) => updateTicket(db, { id, agent_note }),
});

export const listBaselineTickets = endpoint({
  summary: 'Naive: tickets, the last updated first',
  input: listInput,
  answer: z.array(
    z.strictObject({
      id: z.uuid(),
      subject: z.string(),
      status: z.string(),
      updated_at: z.date(),
      preview: z.string(),
      has_note: z.boolean(),
    }),
  ),
  handle: (input, { db }: Environment) => listTickets(db, input),
});

export const getBaselineTicket = endpoint({
  summary: 'Naive: the stored document of a ticket',
  input: z.strictObject({ id: uuid }),
  answer: z.strictObject({
    id: z.uuid(),
    customer_id: z.string(),
    subject: z.string(),
    message: z.string(),
    status: z.string(),
    agent_note: z.string(),
    updated_at: z.date(),
  }),
  handle: ({ id }, { db }: Environment) => findTicket(db, id),
});
