// The queries of products' read models. What a caller sees is built by naming its fields: none of these types has a
// cost price or a supplier's id, so that neither can leave. A document of another schema version is answered with what it
// has: a field that it lacks is left out until an event of its aggregate, or a rebuild, brings the document up.
import type { Db } from 'mongodb';
import * as z from 'zod';
import { toMajor } from '../core/money.ts';
import type { View } from '../core/projection/projection.ts';
import { instant, requiredText, uuid, wholeNumber } from '../platform/fields.ts';
import { type CardView, cardViews, type DetailView, detailViews } from './projections.ts';

export const getProductInput = z.strictObject({ id: uuid, as_of: instant.optional() });

export const listProductsInput = z.strictObject({
  q: requiredText(200).optional(),
  in_stock: z
    .enum(['true', 'false'])
    .transform((value) => value === 'true')
    .optional(),
  limit: wholeNumber(1, 100).default(20),
  skip: wholeNumber(0, 10_000).default(0),
});

export interface ProductCard {
  id: string;
  name: string;
  price: number;
  in_stock: boolean;
  supplier_name: string;
  version: number;
}

export interface ProductDetail {
  id: string;
  name: string;
  description: string;
  price: number;
  stock: number;
  supplier_name: string;
  view_count: number;
  version: number;
  updated_at: Date;
}

const toCard = (view: View<CardView>): ProductCard => ({
  id: view._id,
  name: view.name,
  price: toMajor(view.price_minor),
  in_stock: view.in_stock,
  supplier_name: view.supplier_name,
  version: view.version,
});

export const toDetail = (view: View<DetailView>): ProductDetail => ({
  id: view._id,
  name: view.name,
  description: view.description,
  price: toMajor(view.price_minor),
  stock: view.stock,
  supplier_name: view.supplier_name,
  view_count: view.view_count,
  version: view.version,
  updated_at: view.updated_at,
});

export const findProduct = async (readDb: Db, id: string): Promise<ProductDetail | undefined> => {
  const view = await detailViews(readDb).findOne({ _id: id });
  return view === null ? undefined : toDetail(view);
};

/** The product's card, for its version. */
export const findCard = async (readDb: Db, id: string): Promise<{ version: number } | undefined> =>
  (await cardViews(readDb).findOne({ _id: id }, { projection: { version: 1 } })) ?? undefined;

/** A pattern that matches the text as it stands, whatever characters it has. */
const literally = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');

/** Newest first (ids rise with time). `hasMore` tells whether there is a next page. */
export const listProducts = async (
  readDb: Db,
  { q, in_stock, limit, skip }: z.output<typeof listProductsInput>,
): Promise<{ products: ProductCard[]; hasMore: boolean }> => {
  const filter = {
    ...(in_stock === undefined ? {} : { in_stock }),
    ...(q === undefined ? {} : { name: { $regex: literally(q), $options: 'i' } }),
  };
  const found = await cardViews(readDb)
    .find(filter)
    .sort({ _id: -1 })
    .skip(skip)
    .limit(limit + 1)
    .toArray();
  return { products: found.slice(0, limit).map(toCard), hasMore: found.length > limit };
};
