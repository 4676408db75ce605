// The read model of orders: one document for the document, the customer's list and the search.
import type { Db } from 'mongodb';
import { aggregateId } from '../core/events.ts';
import type { Projection, ReadDocument } from '../core/projection/projection.ts';
import { projector } from '../core/projection/projector.ts';
import type { ReadModelDefinition } from '../core/projection/read-model.ts';
import { eventSource } from '../core/projection/sources.ts';
import { wordsIndex } from '../core/search/word-search.ts';
import { wordsOfId, wordsOfText } from '../core/search/words.ts';
import {
  type OrderEvent,
  type OrderItem,
  type OrderStatus,
  orderEvents,
  type ShippingAddress,
  totalOf,
} from './order.ts';

export interface OrderDocument {
  customer_id: string;
  status: OrderStatus;
  items: OrderItem[];
  item_count: number;
  total_minor: number;
  shipping_address: ShippingAddress;
  created_at: Date;
  shipped_at: Date | null;
  cancelled_at: Date | null;
  cancel_reason: string | null;
  /** What the search looks for. */
  words: string[];
}

const fromItems = (items: OrderItem[]) => ({
  items,
  item_count: items.length,
  total_minor: totalOf(items),
});

/** The country is in too many addresses to find anything by it. */
const wordsOfAddress = ({ country: _, ...parts }: ShippingAddress): string[] =>
  wordsOfText(Object.values(parts).join(' '));

const addWords = (words: string[], more: string[]): string[] => [...new Set([...words, ...more])];

export const orderProjection: Projection<OrderDocument, OrderEvent> = {
  name: 'orders',
  streamType: 'Order',
  schemaVersion: 2,
  eventTypes: orderEvents,
  evolve(document, event) {
    if (event.type === 'OrderCreated') {
      const { customer_id, items, shipping_address } = event.data;
      const ids = [aggregateId(event.stream_id), customer_id, ...items.map((item) => item.product_id)];
      return {
        customer_id,
        status: 'created',
        ...fromItems(items),
        shipping_address,
        created_at: event.recorded_at,
        shipped_at: null,
        cancelled_at: null,
        cancel_reason: null,
        words: addWords(ids.flatMap(wordsOfId), wordsOfAddress(shipping_address)),
      };
    }
    if (document === undefined) throw new Error(`${event.stream_id} does not begin with OrderCreated`);
    switch (event.type) {
      case 'OrderItemAdded':
        return {
          ...document,
          ...fromItems([...document.items, event.data]),
          words: addWords(document.words, wordsOfId(event.data.product_id)),
        };
      case 'OrderShipped':
        return { ...document, status: 'shipped', shipped_at: event.recorded_at };
      case 'OrderCancelled':
        return {
          ...document,
          status: 'cancelled',
          cancelled_at: event.recorded_at,
          cancel_reason: event.data.reason,
        };
    }
  },
};

export const orderDocumentsCollection = 'order_views';

export const orderDocuments = (readDb: Db) =>
  readDb.collection<ReadDocument<OrderDocument>>(orderDocumentsCollection);

/** The fields that a search may be sorted by; each has an index, with the id against ties. */
export const sortFields = {
  created_at: 'created_at',
  total_amount: 'total_minor',
  item_count: 'item_count',
  status: 'status',
} as const;

export const ordersModel: ReadModelDefinition<Projection> = {
  projection: orderProjection,
  collection: orderDocumentsCollection,
  source: (writeDb) => eventSource(writeDb, orderProjection),
  indexes: [
    { keys: { customer_id: 1, created_at: -1, _id: -1 } },
    { keys: { customer_id: 1, status: 1, created_at: -1, _id: -1 } },
    wordsIndex,
    ...Object.values(sortFields).map((field) => ({ keys: { [field]: 1, _id: 1 } as const })),
  ],
};

export const ordersProjector = projector('orders-projector', [ordersModel]);
