import type { Db } from 'mongodb';
import { orderCommands } from '../../lib/orders/commands.ts';
import type { OrderItem, ShippingAddress } from '../../lib/orders/order.ts';
import { context } from './context.ts';

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
export const createOrder = async (write: Db, items: OrderItem[] = [orderItem()]): Promise<string> => {
  const data = { customer_id: 'c-1', items, shipping_address: address() };
  return (await orderCommands(write).send({ type: 'CreateOrder', data }, context())).id;
};
