// The open alerts of low stock.
import type { Db } from 'mongodb';
import * as z from 'zod';
import { wholeNumber } from '../core/fields.ts';
import { listQuery } from '../core/queries/query.ts';
import { alerts, watches } from './low-stock-alert.ts';

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

/** The version up to which a product's stock was followed. */
export const findWatchedVersion = async (readDb: Db, id: string): Promise<{ version: number } | undefined> =>
  (await watches(readDb).findOne({ _id: id }, { projection: { version: 1 } })) ?? undefined;

export const listAlerts = listQuery({
  type: 'ListLowStockAlerts',
  summary: 'The open alerts of low stock, newest first',
  input: listAlertsInput,
  answer: z.array(lowStockAlert),
  async handle({ data }, { readDb }: { readDb: Db }) {
    const { open, hasMore } = await listOpenAlerts(readDb, data);
    return { body: open, ...(hasMore ? { next: { skip: `${data.skip + data.limit}` } } : {}) };
  },
  hasReached: async ({ id, version }, { readDb }) =>
    ((await findWatchedVersion(readDb, id))?.version ?? 0) >= version,
});
