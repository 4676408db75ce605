// The audit log, as an operator reads it: newest first, across products, by type, product and time.
import type { Db } from 'mongodb';
import * as z from 'zod';
import { aggregateId, type RecordedEvent, streamId } from '../core/events.ts';
import { instant, pageSize, uuid } from '../core/fields.ts';
import { keyset } from '../core/queries/cursor.ts';
import { asManyAsFit } from '../core/queries/page-size.ts';
import { listQuery } from '../core/queries/query.ts';
import { type AuditRow, auditLog, productsAuditLog } from './audit-log.ts';
import { productEvents } from './product.ts';
import { productTrail } from './public-events.ts';
import { hasTakenIn } from './reached.ts';

const newest = keyset(['recorded_at', -1, 'date'], ['_id', -1, 'uuid']);

export const listAuditLogInput = z.strictObject({
  type: z.enum(Object.keys(productEvents)).optional(),
  product_id: uuid.optional().describe('Events of this product alone'),
  from: instant.optional().describe('Recorded at this time or later'),
  to: instant.optional().describe('Recorded before this time'),
  limit: pageSize(20),
  after: newest.after.optional(),
});

const auditEntry = z.intersection(
  productTrail.schema,
  z.object({ event_id: z.uuid(), product_id: z.uuid() }),
);
export type AuditEntry = z.infer<typeof auditEntry>;

const toEntry = ({ _id, updated_at, ...row }: AuditRow): AuditEntry => ({
  event_id: _id,
  product_id: aggregateId(row.stream_id),
  ...productTrail.show({ event_id: _id, ...row } as RecordedEvent),
});

/** Newest first, `from` (included) until `to` (left out). `next` is the cursor of the next page. */
export const listAuditLog = async (
  readDb: Db,
  { type, product_id, from, to, limit, after }: z.output<typeof listAuditLogInput>,
): Promise<{ entries: AuditEntry[]; next?: string }> => {
  const time = { ...(from === undefined ? {} : { $gte: from }), ...(to === undefined ? {} : { $lt: to }) };
  const filter = {
    ...(type === undefined ? {} : { type }),
    ...(product_id === undefined ? {} : { stream_id: `Product-${product_id}` }),
    ...(Object.keys(time).length === 0 ? {} : { recorded_at: time }),
    ...newest.following(after),
  };
  const rows = await auditLog(readDb)
    .find(filter)
    .sort(newest.sort)
    .limit(limit + 1)
    .toArray();
  const entries = asManyAsFit(rows.slice(0, limit).map(toEntry));
  const { next } = newest.page(rows, entries.length);
  return {
    entries,
    ...(next === undefined ? {} : { next: next.after }),
  };
};

const isLogged = async (readDb: Db, id: string, version: number): Promise<boolean> =>
  (await auditLog(readDb).findOne(
    { stream_id: streamId('Product', id), version },
    { projection: { _id: 1 } },
  )) !== null;

interface Databases {
  writeDb: Db;
  readDb: Db;
}

export const getAuditLog = listQuery({
  type: 'GetAuditLog',
  summary: 'What happened to all products, newest first',
  operators: true,
  input: listAuditLogInput,
  answer: z.strictObject({ items: z.array(auditEntry), next_cursor: z.string().nullable() }),
  async handle({ data }, { readDb }: Databases) {
    const { entries, next } = await listAuditLog(readDb, data);
    const body = { items: entries, next_cursor: next ?? null };
    return { body, ...(next === undefined ? {} : { next: { after: next } }) };
  },
  hasReached: (at, { readDb, writeDb }) =>
    hasTakenIn(writeDb, at, productsAuditLog.hears, (version) => isLogged(readDb, at.id, version)),
});
