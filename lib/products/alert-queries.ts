// The open alerts of low stock.
import type { Db } from 'mongodb';
import * as z from 'zod';
import { wholeNumber } from '../core/fields.ts';
import { listQuery } from '../core/queries/query.ts';
import { alerts, productsLowStockAlert, watches } from './low-stock-alert.ts';
import { hasTakenIn } from './reached.ts';

const listAlertsInput = z.strictObject({
  limit: wholeNumber(1, 100).default(50),
  skip: wholeNumber(0, 10_000).default(0),
});

const lowStockAlert = z.strictObject({
  id: z.uuid(),
  product_id: z.uuid(),
  name: z.string(),
  stock: z.int(),
  threshold: z.int(),
  opened_at: z.date(),
});
export type LowStockAlert = z.infer<typeof lowStockAlert>;

/** Newest first. `hasMore` tells whether there is a next page. */
export const listOpenAlerts = async (
  readDb: Db,
  { limit, skip }: z.output<typeof listAlertsInput>,
): Promise<{ open: LowStockAlert[]; hasMore: boolean }> => {
  const found = await alerts(readDb)
    .find({ closed_at: null })
    .sort({ opened_at: -1, _id: -1 })
    .skip(skip)
    .limit(limit + 1)
    .toArray();
  const open = found.slice(0, limit).map(({ _id: id, product_id, name, stock, threshold, opened_at }) => ({
    id,
    product_id,
    name,
    stock,
    threshold,
    opened_at,
  }));
  return { open, hasMore: found.length > limit };
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
  summary: 'The open alerts of low stock, newest first',
  input: listAlertsInput,
  answer: z.array(lowStockAlert),
  async handle({ data }, { readDb }: Databases) {
    const { open, hasMore } = await listOpenAlerts(readDb, data);
    return { body: open, ...(hasMore ? { next: { skip: `${data.skip + data.limit}` } } : {}) };
  },
  hasReached: (at, { readDb, writeDb }) =>
    hasTakenIn(writeDb, at, productsLowStockAlert.hears, (version) => isFollowed(readDb, at.id, version)),
});
