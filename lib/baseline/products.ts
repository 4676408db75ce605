// WHAT NOT TO DO: products as naive CRUD, kept to compare and measure the rest with. Each flaw is marked with a number
// and names the file that does it right.
import { randomUUID } from 'node:crypto';
import type { Db } from 'mongodb';
import * as z from 'zod';
import { notFound } from '../core/errors.ts';
import { optionalText, pageSize, requiredText, skip, uuid } from '../core/fields.ts';
import { endpoint } from '../platform/http/endpoint.ts';

interface BaselineProduct {
  _id: string;
  name: string;
  // 1. Money in binary floats: 0.1 + 0.2. Right: lib/core/money.ts.
  price: number;
  cost_price: number;
  stock: number;
  supplier_name?: string | undefined;
  view_count: number;
}

const collection = (db: Db) => db.collection<BaselineProduct>('baseline_products');

const createInput = z.strictObject({
  name: requiredText(255),
  price: z.number().min(0),
  cost_price: z.number().min(0),
  stock: z.int().min(0),
  description: optionalText(10_000).optional(),
  supplier_id: requiredText(255).optional(),
  // 2. The supplier's name is copied by hand: a rename reaches no product. Right: lib/products/projections.ts.
  supplier_name: requiredText(255).optional(),
});

const createProduct = async (db: Db, input: z.output<typeof createInput>) => {
  const id = randomUUID();
  await collection(db).insertOne({ _id: id, ...input, view_count: 0 });
  return { id };
};

const stockInput = z.strictObject({ id: uuid, new_stock: z.int().min(0) });

const updateStock = async (db: Db, { id, new_stock: stock }: z.output<typeof stockInput>) => {
  // 3. Who changed it, when, from what: overwritten. Right: the history in lib/products/queries.ts.
  const { matchedCount } = await collection(db).updateOne({ _id: id }, { $set: { stock } });
  if (matchedCount === 0) throw notFound('Product', id);
  return { id };
};

const findProduct = async (db: Db, id: string) => {
  // 4. A read that writes: it locks the row, needs the primary, and a repeated GET is another state. Right: the queued
  // command RecordProductView in lib/products/commands.ts.
  const product = await collection(db).findOneAndUpdate(
    { _id: id },
    { $inc: { view_count: 1 } },
    { returnDocument: 'after' },
  );
  if (product === null) throw notFound('Product', id);
  // 5. The stored document is the answer: cost_price leaks. Right: the types of answers in lib/products/queries.ts.
  const { _id, ...fields } = product;
  return { id: _id, ...fields };
};

const listInput = z.strictObject({
  limit: pageSize(20),
  skip,
});

const listProducts = async (db: Db, { limit, skip }: z.output<typeof listInput>) => {
  const products = await collection(db).find().skip(skip).limit(limit).toArray();
  return products.map(({ _id: id, ...fields }) => ({ id, ...fields, in_stock: fields.stock > 0 }));
};

interface Environment {
  db: Db;
}

const given = z.strictObject({ id: z.uuid() });

const stored = z.strictObject({
  id: z.uuid(),
  name: z.string(),
  price: z.number(),
  cost_price: z.number(),
  stock: z.int(),
  description: z.string().optional(),
  supplier_id: z.string().optional(),
  supplier_name: z.string().optional(),
  view_count: z.int(),
});

export const createBaselineProduct = endpoint({
  summary: 'Naive: take in a product',
  input: createInput,
  example: { name: 'Lamp', price: 19.99, cost_price: 7.5, stock: 3 },
  answer: given,
  statuses: [201],
  headers: ['Location!'],
  headersOf: ({ id }) => ({ location: `/baseline/products/${id}` }),
  handle: (input, { db }: Environment) => createProduct(db, input),
});

export const updateBaselineStock = endpoint({
  summary: 'Naive: overwrite the stock of a product',
  input: stockInput,
  example: { new_stock: 4 },
  answer: given,
  handle: (input, { db }: Environment) => updateStock(db, input),
});

export const listBaselineProducts = endpoint({
  summary: 'Naive: products as they are stored',
  input: listInput,
  answer: z.array(stored.extend({ in_stock: z.boolean() })),
  handle: (input, { db }: Environment) => listProducts(db, input),
});

export const getBaselineProduct = endpoint({
  summary: 'Naive: the stored document of a product, counting the view inside the read',
  input: z.strictObject({ id: uuid }),
  answer: stored,
  handle: ({ id }, { db }: Environment) => findProduct(db, id),
});
