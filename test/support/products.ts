import { randomUUID } from 'node:crypto';
import type { Db } from 'mongodb';
import { fromRow, type RecordedEvent } from '../../lib/core/events.ts';
import { eventRows } from '../../lib/core/stores/event-rows.ts';
import { productCommands, supplierCommands } from '../../lib/products/commands.ts';

export const newContext = () => ({ commandId: randomUUID(), correlationId: 'products-test' });

export const lampFields = {
  name: 'Lamp',
  description: 'Bright',
  price_minor: 1999,
  cost_price_minor: 750,
  stock: 50,
};

/** What a caller can do with products and suppliers on a write database. */
export const productsOn = (write: Db) => {
  const products = productCommands(write);
  const suppliers = supplierCommands(write);
  return {
    createSupplier: async (name = 'Acme') =>
      (await suppliers.send({ type: 'CreateSupplier', data: { name } }, newContext())).id,
    rename: (id: string, name: string) =>
      suppliers.send({ type: 'RenameSupplier', data: { id, name } }, newContext()),
    create: async (supplier_id: string, fields: Partial<typeof lampFields> = {}) => {
      const data = { ...lampFields, ...fields, supplier_id };
      return (await products.send({ type: 'CreateProduct', data }, newContext())).id;
    },
    setStock: (id: string, new_stock: number) =>
      products.send({ type: 'UpdateStock', data: { id, new_stock } }, newContext()),
    setPrice: (id: string, new_price_minor: number) =>
      products.send({ type: 'ChangePrice', data: { id, new_price_minor } }, newContext()),
  };
};

/** Every event that the write side has, stream by stream, as subscribers get them. */
export const allEvents = async (write: Db): Promise<RecordedEvent[]> =>
  (await eventRows(write).find().sort({ stream_id: 1, version: 1 }).toArray()).map(fromRow);

/** The events of one product or supplier. */
export const eventsOf = async (write: Db, id: string): Promise<RecordedEvent[]> =>
  (await allEvents(write)).filter(({ stream_id }) => stream_id.endsWith(id));
