// A product in detail, as callers see it: today's from its read document, an earlier one folded from events.
import * as z from 'zod';
import { toMajor } from '../core/money.ts';
import type { ReadDocument } from '../core/projection/projection.ts';
import type { ProductViews } from './product-views.ts';
import type { DetailDocument } from './projections.ts';

export const productDetail = z.strictObject({
  id: z.uuid(),
  name: z.string(),
  description: z.string(),
  price: z.number(),
  stock: z.int(),
  supplier_name: z.string(),
  view_count: z.int(),
  version: z.int(),
  updated_at: z.date(),
});
export type ProductDetail = z.infer<typeof productDetail>;

/** With the views that were counted apart, beside those that the product's own stream has from earlier releases. */
export const toDetail = (
  document: ReadDocument<DetailDocument>,
  views: ProductViews | undefined,
): ProductDetail => ({
  id: document._id,
  name: document.name,
  description: document.description,
  price: toMajor(document.price_minor),
  stock: document.stock,
  supplier_name: document.supplier_name,
  view_count: document.view_count + (views?.view_count ?? 0),
  version: document.version,
  updated_at: document.updated_at,
});
