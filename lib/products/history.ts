// What only the events can tell: how a product came to be as it is, and how it was at an instant.
import type { Db } from 'mongodb';
import * as z from 'zod';
import { fromRow, streamId } from '../core/events.ts';
import { uuid } from '../core/fields.ts';
import { fold, type Projection, type View } from '../core/projection/projection.ts';
import { historyPaging, historyQuery } from '../core/queries/history.ts';
import { eventRows } from '../core/stores/event-rows.ts';
import { type ProductDetail, toDetail } from './detail.ts';
import type { ProductViews } from './product-views.ts';
import { type DetailView, productDetails, productViews, suppliers } from './projections.ts';
import { productTrail, supplierTrail } from './public-events.ts';
import type { Supplier } from './supplier.ts';

const input = z.strictObject({ id: uuid, ...historyPaging });

export const getProductHistory = historyQuery({
  type: 'GetProductHistory',
  streamType: 'Product',
  input,
  trail: productTrail,
});

export const getSupplierHistory = historyQuery({
  type: 'GetSupplierHistory',
  streamType: 'Supplier',
  input,
  trail: supplierTrail,
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
  const [supplier, views] = (await Promise.all([
    viewAt(writeDb, suppliers, view.supplier_id, instant),
    viewAt(writeDb, productViews, id, instant),
  ])) as [View<Supplier> | undefined, View<ProductViews> | undefined];
  const renamed = supplier !== undefined && supplier.version > view.supplier_version;
  return toDetail(renamed ? { ...view, supplier_name: supplier.name } : view, views);
};
