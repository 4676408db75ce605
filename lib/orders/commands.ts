// The commands of orders: their input, and the bus that handles them on the write database.
import type { Db } from 'mongodb';
import { v7 as uuidv7 } from 'uuid';
import * as z from 'zod';
import { createCommandBus } from '../core/commands/bus.ts';
import { commandHandler, type HandlerOptions } from '../core/commands/handle.ts';
import { money, requiredText, uuid } from '../platform/fields.ts';
import { mostItems, noItems, type OrderCommand, type OrderEvent, orderDecider } from './order.ts';
import { orderStore } from './store.ts';

const itemFields = { product_id: requiredText(255), quantity: z.int().min(1).max(1_000_000), price: money };

export const createOrderInput = z.strictObject({
  customer_id: requiredText(255),
  items: z
    .array(z.strictObject(itemFields), {
      error: ({ input }) => (input === undefined ? noItems : undefined),
    })
    .min(1, { error: noItems })
    .max(mostItems),
  shipping_address: requiredText(1_000),
});
export const addItemInput = z.strictObject({ id: uuid, ...itemFields });
export const shipOrderInput = z.strictObject({ id: uuid });
export const cancelOrderInput = z.strictObject({ id: uuid, reason: requiredText(1_000) });

interface ItemInput {
  product_id: string;
  quantity: number;
  price: number;
}

/** The field `price` is an amount at the edge, and minor units within. */
export const toItem = ({ product_id, quantity: count, price }: ItemInput) => ({
  product_id,
  quantity: count,
  price_minor: price,
});

export const orderCommands = (db: Db, options?: HandlerOptions<OrderEvent>) => {
  const handle = commandHandler(orderStore(db), orderDecider, options);
  return createCommandBus<OrderCommand>({
    CreateOrder: (command, context) => handle({ id: uuidv7(), command, isNew: true }, context),
    AddOrderItem: (command, context) => handle({ id: command.data.id, command }, context),
    ShipOrder: (command, context) => handle({ id: command.data.id, command }, context),
    CancelOrder: (command, context) => handle({ id: command.data.id, command }, context),
  });
};
