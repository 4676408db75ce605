// The history of an order. Amounts are shown as callers write them.
import * as z from 'zod';
import { uuid } from '../core/fields.ts';
import { toMajor } from '../core/money.ts';
import { historyPaging, historyQuery } from '../core/queries/history.ts';
import { createTrail } from '../core/queries/trail.ts';
import { type OrderEvent, type OrderItem, orderEvents, shippingAddress } from './order.ts';

const shownItem = z.strictObject({ product_id: z.string(), quantity: z.int(), price: z.number() });

const toShownItem = ({ product_id, quantity, price_minor }: OrderItem): z.infer<typeof shownItem> => ({
  product_id,
  quantity,
  price: toMajor(price_minor),
});

const trail = createTrail<OrderEvent>(orderEvents, {
  OrderCreated: {
    data: z.strictObject({
      customer_id: z.string(),
      items: z.array(shownItem),
      shipping_address: z.strictObject(shippingAddress.shape),
    }),
    of: ({ items, ...rest }) => ({ ...rest, items: items.map(toShownItem) }),
  },
  OrderItemAdded: { data: shownItem, of: toShownItem },
  OrderShipped: { data: z.strictObject({}) },
  OrderCancelled: { data: z.strictObject({ reason: z.string() }) },
});

export const getOrderHistory = historyQuery({
  type: 'GetOrderHistory',
  streamType: 'Order',
  input: z.strictObject({ id: uuid, ...historyPaging }),
  trail,
});
