// A product's events as a trail of them shows it: today's shape, money in major units, and neither the cost price nor
// the supplier's id.
import * as z from 'zod';
import { type RecordedEvent, upcast } from '../core/events.ts';
import { toMajor } from '../core/money.ts';
import { type ProductEvent, productEvents } from './product.ts';

const eventFacts = { version: z.int(), recorded_at: z.date(), correlation_id: z.string() };

const created = z.strictObject({
  type: z.literal('ProductCreated'),
  ...eventFacts,
  data: z.strictObject({
    name: z.string(),
    description: z.string(),
    price: z.number(),
    stock: z.int(),
    supplier_name: z.string(),
  }),
});
const stockUpdated = z.strictObject({
  type: z.literal('StockUpdated'),
  ...eventFacts,
  data: z.strictObject({ from: z.int(), to: z.int() }),
});
const priceChanged = z.strictObject({
  type: z.literal('PriceChanged'),
  ...eventFacts,
  data: z.strictObject({ from: z.number(), to: z.number() }),
});
const viewed = z.strictObject({
  type: z.literal('ProductViewed'),
  ...eventFacts,
  data: z.strictObject({ count: z.int() }),
});

export const publicEvent = z.discriminatedUnion('type', [created, stockUpdated, priceChanged, viewed]);
export type PublicEvent = z.infer<typeof publicEvent>;

/** @throws AppError `unknown_event` where the event is not of this code's types or versions. */
export const toPublicEvent = (stored: RecordedEvent): PublicEvent => {
  const event = upcast(productEvents, stored) as RecordedEvent<ProductEvent>;
  const { version, recorded_at, metadata } = event;
  const facts = { version, recorded_at, correlation_id: metadata.correlation_id };
  switch (event.type) {
    case 'ProductCreated': {
      const { name, description, price_minor, stock, supplier_name } = event.data;
      const data = { name, description, price: toMajor(price_minor), stock, supplier_name };
      return { type: event.type, ...facts, data };
    }
    case 'StockUpdated':
      return { type: event.type, ...facts, data: { from: event.data.from, to: event.data.to } };
    case 'PriceChanged': {
      const { from_minor, to_minor } = event.data;
      return { type: event.type, ...facts, data: { from: toMajor(from_minor), to: toMajor(to_minor) } };
    }
    case 'ProductViewed':
      return { type: event.type, ...facts, data: { count: event.data.count } };
  }
};
