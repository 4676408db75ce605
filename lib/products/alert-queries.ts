// The alerts of low stock, newest first. An alert of another schema version is in no list until an event of its product,
// or a rebuild, brings it up.
import type { Db } from 'mongodb';
import * as z from 'zod';
import { pageSize, skip } from '../core/fields.ts';
import { keyset } from '../core/queries/cursor.ts';
import { listQuery } from '../core/queries/query.ts';
import { alerts, productsLowStockAlert, watches } from './low-stock-alert.ts';
import { hasTakenIn } from './reached.ts';
import type { Alert } from './stock-watch.ts';

const newest = keyset(['opened_at', -1, 'date'], ['_id', -1, 'text']);

export const listAlertsInput = z.strictObject({
  state: z.enum(['open', 'closed', 'all']).default('open'),
  limit: pageSize(50),
  skip,
  after: newest.after.optional(),
});

/** Under the id of the event that opened it. */
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

const both: Alert['state'][] = ['open', 'closed'];

/** `next` has the parameters of the next page. */
export const findAlerts = async (
  readDb: Db,
  { state, limit, skip, after }: z.output<typeof listAlertsInput>,
): Promise<{ alerts: LowStockAlert[]; next?: { after: string } }> => {
  const found = await alerts(readDb)
    .find({ state: state === 'all' ? { $in: both } : state, ...newest.following(after) })
    .sort(newest.sort)
    .skip(skip)
    .limit(limit + 1)
    .toArray();
  const { rows, ...next } = newest.page(found, limit);
  return {
    ...next,
    alerts: rows.map(({ event_id: id, product_id, name, stock, threshold, opened_at, closed_at }) => ({
      id,
      product_id,
      name,
      stock,
      threshold,
      opened_at,
      closed_at,
    })),
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
    const { alerts: body, ...next } = await findAlerts(readDb, data);
    return { body, ...next };
  },
  hasReached: (at, { readDb, writeDb }) =>
    hasTakenIn(writeDb, at, productsLowStockAlert.hears, (version) => isFollowed(readDb, at.id, version)),
});
