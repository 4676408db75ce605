// What callers see of an order: in a list, and by itself with its items and its address.
import * as z from 'zod';
import { toMajor } from '../core/money.ts';
import type { ReadDocument } from '../core/projection/projection.ts';
import { orderStatus, shippingAddress } from './order.ts';
import type { OrderDocument } from './projections.ts';

export const orderSummary = z.strictObject({
  order_id: z.uuid(),
  customer_id: z.string(),
  status: orderStatus,
  total_amount: z.number(),
  item_count: z.int(),
  created_at: z.date(),
  shipped_at: z.date().nullable(),
  cancelled_at: z.date().nullable(),
  cancel_reason: z.string().nullable(),
  version: z.int(),
});
export type OrderSummary = z.infer<typeof orderSummary>;

export const orderView = orderSummary.extend({
  items: z.array(z.strictObject({ product_id: z.string(), quantity: z.int(), price: z.number() })),
  shipping_address: z.strictObject(shippingAddress.shape),
});
export type OrderView = z.infer<typeof orderView>;

/** A list leaves the items out: a page of large orders would pass what a Lambda may answer with. */
export const listed = { items: 0, shipping_address: 0, words: 0 } as const;

export type ListedOrder = Omit<ReadDocument<OrderDocument>, keyof typeof listed>;

export const toSummary = (order: ListedOrder): OrderSummary => ({
  order_id: order._id,
  customer_id: order.customer_id,
  status: order.status,
  total_amount: toMajor(order.total_minor),
  item_count: order.item_count,
  created_at: order.created_at,
  shipped_at: order.shipped_at,
  cancelled_at: order.cancelled_at,
  cancel_reason: order.cancel_reason,
  version: order.version,
});

export const toOrderView = (order: ReadDocument<OrderDocument>): OrderView => ({
  ...toSummary(order),
  shipping_address: order.shipping_address,
  items: order.items.map(({ product_id, quantity, price_minor }) => ({
    product_id,
    quantity,
    price: toMajor(price_minor),
  })),
});
