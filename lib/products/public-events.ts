// A product's events as a trail of them shows it: today's shape, money in major units, and neither the cost price nor
// the supplier's id.

import { type RecordedEvent, upcast } from '../core/events.ts';
import { toMajor } from '../core/money.ts';
import { type ProductEvent, productEvents } from './product.ts';

export interface PublicEvent {
  type: string;
  version: number;
  recorded_at: Date;
  data: object;
  correlation_id: string;
}

const publicData = (event: ProductEvent): object => {
  switch (event.type) {
    case 'ProductCreated': {
      const { name, description, price_minor, stock, supplier_name } = event.data;
      return { name, description, price: toMajor(price_minor), stock, supplier_name };
    }
    case 'StockUpdated':
      return { from: event.data.from, to: event.data.to };
    case 'PriceChanged':
      return { from: toMajor(event.data.from_minor), to: toMajor(event.data.to_minor) };
    case 'ProductViewed':
      return { count: event.data.count };
  }
};

/** @throws AppError `unknown_event` where the event is not of this code's types or versions. */
export const toPublicEvent = (stored: RecordedEvent): PublicEvent => {
  const event = upcast(productEvents, stored) as RecordedEvent<ProductEvent>;
  const { type, version, recorded_at, metadata } = event;
  return { type, version, recorded_at, data: publicData(event), correlation_id: metadata.correlation_id };
};
