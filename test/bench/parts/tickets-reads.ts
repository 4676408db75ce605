// The list at its first page, far down and by cursor, and one ticket.
import { handler } from '../../../functions/tickets/queries.ts';
import { ticketDocumentsCollection } from '../../../lib/tickets/projections.ts';
import { ticketsCollection } from '../../../lib/tickets/store.ts';
import { againstDriver } from '../against-driver.ts';
import type { Bench, Part } from '../context.ts';
import type { Row } from '../report.ts';
import { ask, requestOf } from '../requests.ts';
import { idOf, seed, toReadDocument } from '../tickets-seed.ts';

const limit = 20;
const few = 10_000;
const filter = { status: 'open', has_note: true };
const newest = { updated_at: -1, _id: -1 } as const;

const list = (more: Record<string, string> = {}) =>
  ask(handler, requestOf('GET /tickets', { query: { status: 'open', has_note: 'true', ...more } }));

/** The cursor of the page that begins after so many rows: of the page before it. */
const cursorAfter = async ({ readDb }: Bench, rows: number): Promise<string> => {
  const documents = readDb.collection<{ _id: string; updated_at: Date }>(ticketDocumentsCollection);
  const last = await documents.find(filter).sort(newest).skip(rows).limit(1).next();
  return last === null ? '' : `${last.updated_at.getTime()}.${last._id}`;
};

export const run: Part = async (bench) => {
  const { writeDb, readDb, order } = bench;
  const many = order.full ? 1_000_000 : 200_000;
  await seed(readDb, ticketDocumentsCollection, [0, many], toReadDocument);
  await seed(writeDb, ticketsCollection, [0, few]);
  const documents = readDb.collection(ticketDocumentsCollection);
  const tickets = writeDb.collection<{ _id: string }>(ticketsCollection);
  const bareList = (skip: number) => () =>
    documents
      .find(filter)
      .sort(newest)
      .skip(skip)
      .limit(limit + 1)
      .toArray();
  const anyId = (): string => idOf(Math.floor(Math.random() * few));
  // One in four is open, and one in three has a note.
  const deep = Math.floor(many / 12) - 2 * limit;
  const after = await cursorAfter(bench, deep);
  const size = many.toLocaleString('en');
  const compared = [
    { what: `list by status and note, ${size} tickets, page 1`, ours: () => list(), bare: bareList(0) },
    { what: 'the same at skip 10,000', ours: () => list({ skip: '10000' }), bare: bareList(10_000) },
    {
      what: `the same by cursor, after ${deep.toLocaleString('en')} rows`,
      ours: () => list({ after }),
      bare: () => list(),
      name: 'page 1',
    },
    {
      what: 'GET /tickets/{id}',
      ours: () => ask(handler, requestOf('GET /tickets/{id}', { id: anyId() })),
      bare: () => tickets.findOne({ _id: anyId() }),
    },
  ];
  const rows: Row[] = [];
  for (const one of compared) rows.push(await againstDriver(order.rounds, one));
  return rows;
};
