// What only the events can tell: how a product came to be as it is, and how it was at an instant.
import type { Db } from 'mongodb';
import * as z from 'zod';
import { notFound } from '../core/errors.ts';
import { fromRow, streamId } from '../core/events.ts';
import { uuid, wholeNumber } from '../core/fields.ts';
import { fold, type Projection, type View } from '../core/projection/projection.ts';
import { listQuery } from '../core/queries/query.ts';
import { eventRows } from '../core/stores/event-rows.ts';
import { type ProductDetail, toDetail } from './detail.ts';
import { type DetailView, productDetails, suppliers } from './projections.ts';
import { type PublicEvent, publicEvent, toPublicEvent } from './public-events.ts';
import type { Supplier } from './supplier.ts';

const productHistoryInput = z.strictObject({
  id: uuid,
  limit: wholeNumber(1, 100).default(50),
  after_version: wholeNumber(0, Number.MAX_SAFE_INTEGER).default(0),
});

/** The view that a projection had at an instant, folded from the stream's events until then. */
const viewAt = async (
  writeDb: Db,
  projection: Projection,
  id: string,
  instant: Date,
): Promise<View | undefined> => {
  const stream = streamId(projection.streamType, id);
  let view: View | undefined;
  for await (const row of eventRows(writeDb).find({ stream_id: stream }).sort({ version: 1 })) {
    if (row.recorded_at > instant) break;
    view = fold(projection, view, fromRow(row));
  }
  return view;
};

/** The product as it was, with the name that its supplier had; undefined before it was created. */
export const findProductAt = async (
  writeDb: Db,
  id: string,
  instant: Date,
): Promise<ProductDetail | undefined> => {
  const view = (await viewAt(writeDb, productDetails, id, instant)) as View<DetailView> | undefined;
  if (view === undefined) return undefined;
  const supplier = (await viewAt(writeDb, suppliers, view.supplier_id, instant)) as
    | View<Supplier>
    | undefined;
  const renamed = supplier !== undefined && supplier.version > view.supplier_version;
  return toDetail(renamed ? { ...view, supplier_name: supplier.name } : view);
};

/** The version of a product on the write side. */
export const findProductVersion = async (
  writeDb: Db,
  id: string,
): Promise<{ version: number } | undefined> => {
  const [last] = await eventRows(writeDb)
    .find({ stream_id: streamId('Product', id) }, { projection: { version: 1 } })
    .sort({ version: -1 })
    .limit(1)
    .toArray();
  return last;
};

/** A product's events after a version, in order. */
export const listHistory = async (
  writeDb: Db,
  { id, limit, after_version }: z.output<typeof productHistoryInput>,
): Promise<{ events: PublicEvent[]; hasMore: boolean }> => {
  const rows = await eventRows(writeDb)
    .find({ stream_id: streamId('Product', id), version: { $gt: after_version } })
    .sort({ version: 1 })
    .limit(limit + 1)
    .toArray();
  if (rows.length === 0 && (await findProductVersion(writeDb, id)) === undefined)
    throw notFound('Product', id);
  return {
    events: rows.slice(0, limit).map((row) => toPublicEvent(fromRow(row))),
    hasMore: rows.length > limit,
  };
};

export const getProductHistory = listQuery({
  type: 'GetProductHistory',
  summary: 'Every event of a product, in order: the audit trail',
  operators: true,
  input: productHistoryInput,
  answer: z.array(publicEvent),
  async handle({ data }, { writeDb }: { writeDb: Db }) {
    const { events, hasMore } = await listHistory(writeDb, data);
    const last = events.at(-1);
    return { body: events, ...(hasMore && last ? { next: { after_version: `${last.version}` } } : {}) };
  },
  hasReached: async ({ id, version }, { writeDb }) =>
    ((await findProductVersion(writeDb, id))?.version ?? 0) >= version,
});
