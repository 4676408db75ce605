// The subscriber of low stock: one alert each time a product's stock falls from above the threshold to it or below,
// closed when it is above again.
// A message is only the doorbell: the stock's changes are read from the product's stream, from the last one seen on,
// so that duplicates, disorder and losses make no difference. What is written follows from the stream alone, an alert
// under the id of the event that opened it and guarded by version, so that two at work do no harm and a crash costs
// nothing. Not guaranteed: that a threshold which moves is applied to what was before.
import type { Collection, Db } from 'mongodb';
import { AppError } from '../core/errors.ts';
import type { EventKey, RecordedEvent } from '../core/events.ts';
import { aggregateId, fromRow, streamId, upcast } from '../core/events.ts';
import type { Index } from '../core/indexes.ts';
import type { View } from '../core/projection/projection.ts';
import { noneApplied, type Subscriber, type SubscriberDefinition } from '../core/projection/subscriber.ts';
import { writeViews } from '../core/projection/write-views.ts';
import { eventRows } from '../core/stores/event-rows.ts';
import { integer } from '../platform/setting-types.ts';
import { type ProductEvent, productEvents } from './product.ts';
import { type Alert, type Followed, follow, lowStockEventTypes, type StockWatch } from './stock-watch.ts';

const name = 'products-low-stock-alert';

export const lowStockSettings = {
  LOW_STOCK_THRESHOLD: integer(10, [0, 1_000_000_000], 'the stock at or below which a product has an alert'),
};

export const alertsCollection = 'low_stock_alerts';
export const watchesCollection = 'low_stock_watches';

export const lowStockIndexes: Index[] = [
  { collection: alertsCollection, keys: { closed_at: 1, opened_at: -1, _id: -1 } },
];

export const alerts = (readDb: Db): Collection<View<Alert>> => readDb.collection(alertsCollection);
export const watches = (readDb: Db): Collection<View<StockWatch>> => readDb.collection(watchesCollection);

const missing = ({ stream_id, version }: RecordedEvent): AppError =>
  new AppError('event_missing', `The write side has no version ${version} of ${stream_id} yet`);

const productsOf = (events: EventKey[]): string[] => [
  ...new Set(events.map(({ stream_id }) => aggregateId(stream_id))),
];

const createLowStockAlert = (writeDb: Db, readDb: Db, threshold: number): Subscriber => {
  const findWatches = async (ids: string[]): Promise<Map<string, View<StockWatch>>> => {
    const found = await watches(readDb)
      .find({ _id: { $in: ids } })
      .toArray();
    return new Map(found.map((watch) => [watch._id, watch]));
  };

  /** Follows each product from where its watch stands to what its stream has now. */
  const followAll = async (
    ids: string[],
    before: Map<string, View<StockWatch>>,
  ): Promise<{ followed: Map<string, Followed>; failures: Map<string, unknown> }> => {
    const followed = new Map<string, Followed>();
    for (const [id, watch] of before) followed.set(id, { watch, alerts: new Map() });
    const failures = new Map<string, unknown>();
    const after = ids.map((id) => ({
      stream_id: streamId('Product', id),
      version: { $gt: before.get(id)?.version ?? 0 },
    }));
    const rows = eventRows(writeDb)
      .find({ $or: after, type: { $in: [...lowStockEventTypes] } })
      .sort({ stream_id: 1, version: 1 });
    for await (const row of rows) {
      const id = aggregateId(row.stream_id);
      if (failures.has(id)) continue;
      try {
        const event = upcast(productEvents, fromRow(row)) as RecordedEvent<ProductEvent>;
        const next = follow(followed.get(id), event, threshold);
        if (next !== undefined) followed.set(id, next);
      } catch (error) {
        failures.set(id, error);
      }
    }
    return { followed, failures };
  };

  /** Alerts first: a crash in between leaves the watch behind, and the same alerts are written again. */
  const write = async (followed: Followed[]): Promise<void> => {
    const opened = followed.flatMap((one) => [...one.alerts.values()]);
    await writeViews(readDb.collection<View>(alertsCollection), opened);
    await writeViews(
      readDb.collection<View>(watchesCollection),
      followed.map(({ watch }) => watch),
    );
  };

  return {
    name,

    async apply(events) {
      const result = noneApplied();
      const ids = productsOf(events);
      if (ids.length === 0) return result;
      const before = await findWatches(ids);
      const { followed, failures } = await followAll(ids, before);
      await write([...followed.values()].filter(({ watch }) => watch !== before.get(watch._id)));
      for (const event of events) {
        const id = aggregateId(event.stream_id);
        const reached = followed.get(id)?.watch.version ?? 0;
        if (event.version > reached) result.failures.set(event.event_id, failures.get(id) ?? missing(event));
        else if (event.version > (before.get(id)?.version ?? 0)) result.applied.push(event);
        else result.duplicates += 1;
      }
      return result;
    },

    async findMissing(events) {
      const known = await findWatches(productsOf(events));
      return events.filter(
        ({ stream_id, version }) => version > (known.get(aggregateId(stream_id))?.version ?? 0),
      );
    },
  };
};

export const productsLowStockAlert: SubscriberDefinition = {
  name,
  hears: lowStockEventTypes,
  create: ({ writeDb, readDb, settings }) =>
    createLowStockAlert(writeDb, readDb, settings(lowStockSettings).LOW_STOCK_THRESHOLD),
};
