// An order: its events, its commands and its rules. Pure. Money is in minor units.
import * as z from 'zod';
import type { CommandOf, Decider } from '../core/decider.ts';
import { AppError, notFound, ruleViolated } from '../core/errors.ts';
import type { EventOf } from '../core/events.ts';
import { money, requiredText, uuid } from '../core/fields.ts';

export const orderStatus = z.enum(['created', 'shipped', 'cancelled']);
export type OrderStatus = z.infer<typeof orderStatus>;

const orderItem = z.object({ product_id: z.string(), quantity: z.int(), price_minor: z.int() });
export type OrderItem = z.infer<typeof orderItem>;

export const shippingAddress = z.object({
  line1: z.string(),
  city: z.string(),
  /** Two letters (ISO 3166-1), `ZZ` if nobody knows. */
  country: z.string(),
  name: z.string().exactOptional(),
  line2: z.string().exactOptional(),
  postal_code: z.string().exactOptional(),
  region: z.string().exactOptional(),
});
export type ShippingAddress = z.infer<typeof shippingAddress>;

// The first release had the address as one text: which part of it is the city, nobody knows.
const createdFromV1 = ({ shipping_address, ...rest }: Record<string, unknown>) => ({
  ...rest,
  shipping_address: { line1: shipping_address, city: '', country: 'ZZ' },
});

export const orderEvents = {
  OrderCreated: {
    schema_version: 2,
    data: z.object({
      customer_id: z.string(),
      items: z.array(orderItem),
      shipping_address: shippingAddress,
    }),
    upcasts: { 1: createdFromV1 },
  },
  OrderItemAdded: { schema_version: 1, data: orderItem },
  OrderShipped: { schema_version: 1, data: z.object({}) },
  OrderCancelled: { schema_version: 1, data: z.object({ reason: z.string() }) },
};

export type OrderEvent = EventOf<typeof orderEvents>;

export const mostItems = 1_000;
export const noItems = 'Order must have at least one item';

const itemFields = { product_id: requiredText(255), quantity: z.int().min(1).max(1_000_000), price: money };

/** The field `price` is an amount at the edge, and minor units within. */
const withMinor = <T extends { price: number }>({ price: price_minor, ...rest }: T) => ({
  ...rest,
  price_minor,
});

const country = z
  .string()
  .regex(/^[A-Za-z]{2}$/, { error: 'must be a country of two letters, such as DE' })
  .transform((code) => code.toUpperCase());

const addressInput = z.strictObject({
  name: requiredText(255).exactOptional(),
  line1: requiredText(255),
  line2: requiredText(255).exactOptional(),
  postal_code: requiredText(32).exactOptional(),
  city: requiredText(255),
  region: requiredText(255).exactOptional(),
  country,
});

/** What each command needs to be told. */
export const orderInputs = {
  CreateOrder: z.strictObject({
    customer_id: requiredText(255),
    items: z
      .array(z.strictObject(itemFields).transform(withMinor), {
        error: ({ input }) => (input === undefined ? noItems : undefined),
      })
      .min(1, { error: noItems })
      .max(mostItems),
    shipping_address: addressInput,
  }),
  AddOrderItem: z.strictObject({ id: uuid, ...itemFields }).transform(withMinor),
  ShipOrder: z.strictObject({ id: uuid }),
  CancelOrder: z.strictObject({ id: uuid, reason: requiredText(1_000) }),
};

export type OrderCommand = CommandOf<typeof orderInputs>;

/** What the rules ask about. The items themselves are the read model's. */
export const orderState = z.object({ status: orderStatus, item_count: z.int(), total_minor: z.int() });

export type Order = z.infer<typeof orderState>;

/** 15 digits: as many as JSON carries exactly. */
const mostTotalMinor = 999_999_999_999_999;

// A product past 2^53 is rounded, but stays far above the limit.
export const totalOf = (items: OrderItem[]): number =>
  items.reduce((sum, { quantity, price_minor }) => sum + quantity * price_minor, 0);

const checkTotal = (totalMinor: number): void => {
  if (totalMinor > mostTotalMinor) throw ruleViolated('The total of the order is too large');
};

const create = (data: (OrderCommand & { type: 'CreateOrder' })['data']): OrderEvent[] => {
  if (data.items.length === 0) {
    throw new AppError('invalid_input', noItems, { errors: [{ path: 'items', message: noItems }] });
  }
  checkTotal(totalOf(data.items));
  return [{ type: 'OrderCreated', data }];
};

const addItem = (order: Order, item: OrderItem): OrderEvent[] => {
  if (order.status === 'cancelled') throw ruleViolated('A cancelled order takes no items');
  if (order.status === 'shipped') throw ruleViolated('A shipped order takes no items');
  if (order.item_count >= mostItems) throw ruleViolated(`An order has at most ${mostItems} items`);
  checkTotal(order.total_minor + totalOf([item]));
  return [{ type: 'OrderItemAdded', data: item }];
};

const decide = (command: OrderCommand, order: Order | undefined): OrderEvent[] => {
  if (command.type === 'CreateOrder') return create(command.data);
  if (order === undefined) throw notFound('Order', command.data.id);
  switch (command.type) {
    case 'AddOrderItem': {
      const { product_id, quantity, price_minor } = command.data;
      return addItem(order, { product_id, quantity, price_minor });
    }
    case 'ShipOrder':
      if (order.status === 'cancelled') throw ruleViolated('A cancelled order cannot be shipped');
      return order.status === 'shipped' ? [] : [{ type: 'OrderShipped', data: {} }];
    case 'CancelOrder':
      if (order.status === 'shipped') throw ruleViolated('A shipped order cannot be cancelled');
      return order.status === 'cancelled'
        ? []
        : [{ type: 'OrderCancelled', data: { reason: command.data.reason } }];
  }
};

const evolve = (order: Order | undefined, event: OrderEvent): Order | undefined => {
  if (event.type === 'OrderCreated') {
    const { items } = event.data;
    return { status: 'created', item_count: items.length, total_minor: totalOf(items) };
  }
  if (order === undefined) return undefined;
  switch (event.type) {
    case 'OrderItemAdded':
      return {
        ...order,
        item_count: order.item_count + 1,
        total_minor: order.total_minor + totalOf([event.data]),
      };
    case 'OrderShipped':
      return { ...order, status: 'shipped' };
    case 'OrderCancelled':
      return { ...order, status: 'cancelled' };
  }
};

export const orderDecider: Decider<OrderCommand, Order | undefined, OrderEvent> = {
  initialState: undefined,
  decide,
  evolve,
};
