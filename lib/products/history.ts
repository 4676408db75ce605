// What only the events can tell: how a product came to be as it is, and how it was at an instant.
import type { Db } from 'mongodb';
import * as z from 'zod';
import { fromRow, streamId } from '../core/events.ts';
import { uuid } from '../core/fields.ts';
import { fold, type Projection, type ReadDocument } from '../core/projection/projection.ts';
import { historyPaging, historyQuery } from '../core/queries/history.ts';
import { eventRows } from '../core/stores/event-rows.ts';
import { type ProductDetail, toDetail } from './detail.ts';
import type { ProductViews } from './product-views.ts';
import { type DetailDocument, productDetails, productViews, suppliers } from './projections.ts';
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

/** The document that a projection had at an instant, folded from the stream's events until then. */
const documentAt = async (
  writeDb: Db,
  projection: Projection,
  id: string,
  instant: Date,
): Promise<ReadDocument | undefined> => {
  const stream = streamId(projection.streamType, id);
  let document: ReadDocument | undefined;
  for await (const row of eventRows(writeDb).find({ stream_id: stream }).sort({ version: 1 })) {
    if (row.recorded_at > instant) break;
    document = fold(projection, document, fromRow(row));
  }
  return document;
};

/** The product as it was, with the name that its supplier had; undefined before it was created. */
export const findProductAt = async (
  writeDb: Db,
  id: string,
  instant: Date,
): Promise<ProductDetail | undefined> => {
  const document = (await documentAt(writeDb, productDetails, id, instant)) as
    | ReadDocument<DetailDocument>
    | undefined;
  if (document === undefined) return undefined;
  const [supplier, views] = (await Promise.all([
    documentAt(writeDb, suppliers, document.supplier_id, instant),
    documentAt(writeDb, productViews, id, instant),
  ])) as [ReadDocument<Supplier> | undefined, ReadDocument<ProductViews> | undefined];
  const renamed = supplier !== undefined && supplier.version > document.supplier_version;
  return toDetail(renamed ? { ...document, supplier_name: supplier.name } : document, views);
};
