// The subscriber of low stock: one alert each time a product's stock comes to the threshold or below it, closed when it
// is above again. To open an alert is told to the operators, once. A threshold that moves holds for what comes from then
// on, and for what was before from the next rebuild on.
import type { Collection, Db } from 'mongodb';
import type { RecordedEvent } from '../core/events.ts';
import { follower } from '../core/projection/follower.ts';
import type { ReadDocument } from '../core/projection/projection.ts';
import { integer } from '../platform/setting-types.ts';
import { type ProductEvent, productEvents } from './product.ts';
import { type Alert, lowStockEventTypes, type StockWatch, watchStock } from './stock-watch.ts';

export const lowStockSettings = {
  LOW_STOCK_THRESHOLD: integer(10, [0, 1_000_000_000], 'the stock at or below which a product has an alert'),
};

export const alertsCollection = 'low_stock_alerts';
export const watchesCollection = 'low_stock_watches';

export const alerts = (readDb: Db): Collection<ReadDocument<Alert>> => readDb.collection(alertsCollection);
export const watches = (readDb: Db): Collection<ReadDocument<StockWatch>> =>
  readDb.collection(watchesCollection);

const name = 'products-low-stock-alert';

export const { models: lowStockModels, subscriber: productsLowStockAlert } = follower({
  name,
  streamType: 'Product',
  eventTypes: productEvents,
  hears: lowStockEventTypes,
  schemaVersion: 2,
  states: { name: 'products-low-stock-watch', collection: watchesCollection, indexes: [] },
  documents: {
    name,
    collection: alertsCollection,
    indexes: [{ keys: { state: 1, opened_at: -1, _id: -1 } }, { keys: { opened_at: -1, _id: -1 } }],
  },
  evolve: (watch, event, settings) =>
    watchStock(
      watch as ReadDocument<StockWatch> | undefined,
      event as RecordedEvent<ProductEvent>,
      settings(lowStockSettings).LOW_STOCK_THRESHOLD,
    ),
  onOpened({ event, document }, { tell }) {
    const { product_id, stock, threshold } = document as ReadDocument<Alert>;
    tell(name, 'stock is low', event, { product_id, stock, threshold });
  },
});
