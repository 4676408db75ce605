import type { Db } from 'mongodb';
import type { CommandContext } from '../../lib/core/commands/handle.ts';
import { fromRow, type RecordedEvent } from '../../lib/core/events.ts';
import { eventRows } from '../../lib/core/stores/event-rows.ts';
import { orderCommands } from '../../lib/orders/commands.ts';
import type { OrderItem, ShippingAddress } from '../../lib/orders/order.ts';

export const context = (fields: Partial<CommandContext> = {}): CommandContext => ({
  commandId: fields.idempotencyKey ?? crypto.randomUUID(),
  correlationId: 'test',
  ...fields,
});

export const queryContext = { correlationId: 'test', maxTimeMS: 2_000 };

export const orderItem = (fields: Partial<OrderItem> = {}): OrderItem => ({
  product_id: 'p-1',
  quantity: 1,
  price_minor: 1999,
  ...fields,
});

export const address = (fields: Partial<ShippingAddress> = {}): ShippingAddress => ({
  line1: 'Main Street 5',
  city: 'Bonn',
  country: 'DE',
  ...fields,
});

/** Creates an order on the write database and gives its id. */
export async function createOrder(write: Db, items: OrderItem[] = [orderItem()]): Promise<string> {
  const data = { customer_id: 'c-1', items, shipping_address: address() };
  return (await orderCommands(write).send({ type: 'CreateOrder', data }, context())).id;
}

/** What was recorded in all streams of a type, stream by stream. */
export async function eventsOf(write: Db, streamType: string): Promise<RecordedEvent[]> {
  const rows = await eventRows(write)
    .find({ stream_type: streamType })
    .sort({ stream_id: 1, version: 1 })
    .toArray();
  return rows.map(fromRow);
}
