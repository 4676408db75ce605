// The events of products and suppliers as a trail of them shows it: money in major units, and neither the cost price nor
// the supplier's id.
import * as z from 'zod';
import { toMajor } from '../core/money.ts';
import { createTrail } from '../core/queries/trail.ts';
import { type ProductEvent, productEvents } from './product.ts';
import { type SupplierEvent, supplierEvents } from './supplier.ts';

export const productTrail = createTrail<ProductEvent>(productEvents, {
  ProductCreated: {
    data: z.strictObject({
      name: z.string(),
      description: z.string(),
      price: z.number(),
      stock: z.int(),
      supplier_name: z.string(),
    }),
    of: ({ name, description, price_minor, stock, supplier_name }) => ({
      name,
      description,
      price: toMajor(price_minor),
      stock,
      supplier_name,
    }),
  },
  StockUpdated: { data: z.strictObject({ from: z.int(), to: z.int() }) },
  PriceChanged: {
    data: z.strictObject({ from: z.number(), to: z.number() }),
    of: ({ from_minor, to_minor }) => ({ from: toMajor(from_minor), to: toMajor(to_minor) }),
  },
  ProductViewed: { data: z.strictObject({ count: z.int() }) },
});

export const supplierTrail = createTrail<SupplierEvent>(supplierEvents, {
  SupplierCreated: { data: z.strictObject({ name: z.string() }) },
  SupplierRenamed: { data: z.strictObject({ from: z.string(), to: z.string() }) },
});
