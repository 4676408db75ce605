// The commands of orders, each one value, and the bus that handles them on the write database.
import type { Db } from 'mongodb';
import { v7 as uuidv7 } from 'uuid';
import * as z from 'zod';
import { createCommandBus } from '../core/commands/bus.ts';
import { type CommandAnswer, command } from '../core/commands/command.ts';
import { commandHandler, type HandleCommand, type HandlerOptions } from '../core/commands/handle.ts';
import { type OrderCommand, type OrderEvent, orderDecider, orderInputs } from './order.ts';
import { orderStore } from './store.ts';

interface Handlers {
  order: HandleCommand<OrderCommand>;
}

const says = (status: string): CommandAnswer => ({
  fields: z.strictObject({ order_id: z.uuid(), status: z.literal(status) }),
  of: ({ id }) => ({ order_id: id, status }),
});

export const createOrder = command({
  type: 'CreateOrder',
  summary: 'Place an order',
  input: orderInputs.CreateOrder,
  example: {
    customer_id: 'c-1',
    items: [{ product_id: 'p-1', quantity: 1, price: 9.5 }],
    shipping_address: { line1: 'Main Street 5', city: 'Bonn', country: 'DE' },
  },
  makesNew: true,
  locate: ({ id }) => `/orders/${id}`,
  answer: says('created'),
  refusals: ['The total of the order is too large'],
  handle: (wanted, { order }: Handlers, context) =>
    order({ id: uuidv7(), command: wanted, isNew: true }, context),
});

export const addOrderItem = command({
  type: 'AddOrderItem',
  summary: 'Add an item to an order',
  input: orderInputs.AddOrderItem,
  example: { product_id: 'p-2', quantity: 2, price: 0.5 },
  answer: says('item_added'),
  refusals: ['A cancelled or shipped order takes no items', 'An order has a most of items and of money'],
  handle: (wanted, { order }: Handlers, context) => order({ id: wanted.data.id, command: wanted }, context),
});

export const shipOrder = command({
  type: 'ShipOrder',
  summary: 'Ship an order',
  input: orderInputs.ShipOrder,
  answer: says('shipped'),
  refusals: ['A cancelled order cannot be shipped'],
  handle: (wanted, { order }: Handlers, context) => order({ id: wanted.data.id, command: wanted }, context),
});

export const cancelOrder = command({
  type: 'CancelOrder',
  summary: 'Cancel an order, with a reason',
  input: orderInputs.CancelOrder,
  queryFields: ['reason'],
  answer: says('cancelled'),
  refusals: ['A shipped order cannot be cancelled'],
  handle: (wanted, { order }: Handlers, context) => order({ id: wanted.data.id, command: wanted }, context),
});

export interface OrderOptions extends HandlerOptions<OrderEvent> {
  /** A snapshot each so many events. */
  snapshotEvery?: number;
}

/** The bus of all commands of orders. */
export const orderCommands = (db: Db, { snapshotEvery, ...options }: OrderOptions = {}) =>
  createCommandBus([createOrder, addOrderItem, shipOrder, cancelOrder], {
    order: commandHandler(orderStore(db, snapshotEvery), orderDecider, options),
  });
