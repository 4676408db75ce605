// The alerts of low stock, newest first.
import type { Db } from 'mongodb';
import * as z from 'zod';
import { wholeNumber } from '../core/fields.ts';
import { behind, cursor, toCursor } from '../core/queries/cursor.ts';
import { listQuery } from '../core/queries/query.ts';
import { alerts, productsLowStockAlert, watches } from './low-stock-alert.ts';
import { hasTakenIn } from './reached.ts';

const listAlertsInput = z.strictObject({
  state: z.enum(['open', 'closed', 'all']).default('open'),
  limit: wholeNumber(1, 100).default(50),
  skip: wholeNumber(0, 10_000).default(0),
  after: cursor.optional(),
});

const lowStockAlert = z.strictObject({
  id: z.uuid(),
  product_id: z.uuid(),
  name: z.string(),
  stock: z.int(),
  threshold: z.int(),
  opened_at: z.date(),
  closed_at: z.date().nullable(),
});
export type LowStockAlert = z.infer<typeof lowStockAlert>;

const ofState = { open: { closed_at: null }, closed: { closed_at: { $ne: null } }, all: {} } as const;

/** `next` is the cursor of the next page. */
export const findAlerts = async (
  readDb: Db,
  { state, limit, skip, after }: z.output<typeof listAlertsInput>,
): Promise<{ alerts: LowStockAlert[]; next?: string }> => {
  const found = await alerts(readDb)
    .find({ ...ofState[state], ...behind('opened_at', after) })
    .sort({ opened_at: -1, _id: -1 })
    .skip(skip)
    .limit(limit + 1)
    .toArray();
  const last = found.length > limit ? found[limit - 1] : undefined;
  return {
    alerts: found
      .slice(0, limit)
      .map(({ _id: id, product_id, name, stock, threshold, opened_at, closed_at }) => ({
        id,
        product_id,
        name,
        stock,
        threshold,
        opened_at,
        closed_at,
      })),
    ...(last === undefined ? {} : { next: toCursor({ time: last.opened_at, id: last._id }) }),
  };
};

/** Whether a product's stock was followed up to a version. */
const isFollowed = async (readDb: Db, id: string, version: number): Promise<boolean> =>
  (await watches(readDb).findOne({ _id: id, version: { $gte: version } }, { projection: { _id: 1 } })) !==
  null;

interface Databases {
  writeDb: Db;
  readDb: Db;
}

export const listAlerts = listQuery({
  type: 'ListLowStockAlerts',
  summary: 'The alerts of low stock, newest first; those that are open unless `state` says otherwise',
  input: listAlertsInput,
  answer: z.array(lowStockAlert),
  async handle({ data }, { readDb }: Databases) {
    const { alerts: body, next } = await findAlerts(readDb, data);
    return {
      body,
      ...(next === undefined ? {} : { next: { after: next, ...(data.skip > 0 ? { skip: '0' } : {}) } }),
    };
  },
  hasReached: (at, { readDb, writeDb }) =>
    hasTakenIn(writeDb, at, productsLowStockAlert.hears, (version) => isFollowed(readDb, at.id, version)),
});
