import { randomUUID } from 'node:crypto';
import * as fc from 'fast-check';
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { RecordedEvent } from '../../lib/core/events.ts';
import type { Subscriber } from '../../lib/core/projection/subscriber.ts';
import { eventRows } from '../../lib/core/stores/event-rows.ts';
import { catalogue } from '../../lib/domains.ts';
import { findAlerts } from '../../lib/products/alert-queries.ts';
import { productsAuditLog } from '../../lib/products/audit-log.ts';
import { listAuditLog, listAuditLogInput } from '../../lib/products/audit-log-queries.ts';
import { productsLowStockAlert } from '../../lib/products/low-stock-alert.ts';
import { useDatabases } from '../support/database.ts';
import { openSubscriber } from '../support/open.ts';
import { eventsOf, productsOn } from '../support/products.ts';
import { runSeed } from '../support/random.ts';

const db = useDatabases();
const seed = runSeed('products-subscribers');
const auditLog = () => openSubscriber(productsAuditLog, db.write, db.read);
const lowStock = () => openSubscriber(productsLowStockAlert, db.write, db.read);
const read = (name: string) => db.read.collection(name).find().sort({ _id: 1 }).toArray();
const readCollections = ['product_audit_log', 'low_stock_alerts', 'low_stock_watches'];

beforeAll(() => catalogue.ensureIndexes(db.write, db.read));
beforeEach(async () => {
  for (const name of readCollections) await db.read.collection(name).deleteMany({});
});

const withStocks = async (first: number, ...next: number[]) => {
  const { createSupplier, create, setStock } = productsOn(db.write);
  const id = await create(await createSupplier(), { stock: first });
  for (const stock of next) await setStock(id, stock);
  return id;
};

/** Random deliveries of all the events, some of them twice. */
const deliveriesOf = (events: RecordedEvent[]) =>
  fc.tuple(fc.subarray(events), fc.integer({ min: 1, max: events.length })).chain(([again, size]) =>
    fc
      .shuffledSubarray(
        [...events, ...again].map((event, at) => ({ event, at })),
        { minLength: events.length + again.length },
      )
      .map((order) => ({ order: order.map(({ event }) => event), size })),
  );

const deliver = async (subscriber: Subscriber, order: RecordedEvent[], size: number): Promise<number> => {
  let applied = 0;
  for (let at = 0; at < order.length; at += size) {
    const batch = [...new Set(order.slice(at, at + size))];
    const outcome = await subscriber.apply(batch);
    expect([...outcome.failures.values()]).toEqual([]);
    applied += outcome.applied.length;
  }
  return applied;
};

describe('the audit log', () => {
  const list = (query: Record<string, string>) => listAuditLog(db.read, listAuditLogInput.parse(query));

  test('has every event once, whatever the order and the repetitions', async () => {
    const id = await withStocks(50, 5, 20, 0);
    const events = await eventsOf(db.write, id);
    const run = async ({ order, size }: { order: RecordedEvent[]; size: number }) => {
      await db.read.collection('product_audit_log').deleteMany({});
      expect(await deliver(auditLog(), order, size)).toBe(events.length);
      const rows = await read('product_audit_log');
      expect(rows.map((row) => row['version']).toSorted()).toEqual([1, 2, 3, 4]);
    };
    await fc.assert(fc.asyncProperty(deliveriesOf(events), run), { seed, numRuns: 30 });
  });

  test('has every event once when many write it at once', async () => {
    const events = await eventsOf(db.write, await withStocks(50, 5, 20));
    const outcomes = await Promise.all(Array.from({ length: 10 }, () => auditLog().apply(events)));
    expect(outcomes.flatMap(({ applied }) => applied)).toHaveLength(3);
    expect(await read('product_audit_log')).toHaveLength(3);
  });

  test('never changes what it has', async () => {
    const [created] = await eventsOf(db.write, await withStocks(50));
    if (created === undefined) throw new Error('there is an event');
    await auditLog().apply([created]);
    const before = await read('product_audit_log');
    await auditLog().apply([{ ...created, data: { ...created.data, name: 'Forged' } }]);
    expect(await read('product_audit_log')).toEqual(before);
  });

  test('names what it does not have', async () => {
    const events = await eventsOf(db.write, await withStocks(50, 5, 20));
    await auditLog().apply(events.slice(1, 2));
    expect(await auditLog().findMissing(events)).toEqual([events[0], events[2]]);
  });

  test('refuses an event of a newer release, and takes the others of the batch', async () => {
    const events = await eventsOf(db.write, await withStocks(50, 5));
    const newer = { ...events[1], event_id: randomUUID(), schema_version: 99 } as RecordedEvent;
    const { applied, failures } = await auditLog().apply([...events, newer]);
    expect(applied).toHaveLength(2);
    expect(failures.get(newer.event_id)).toMatchObject({ code: 'unknown_event' });
  });

  test('is read page by page, newest first, each entry once', async () => {
    const [one, other] = [await withStocks(50, 5, 20, 0, 3), await withStocks(9, 8)];
    await auditLog().apply(await eventsOf(db.write, one));
    await auditLog().apply(await eventsOf(db.write, other));
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await list({ limit: '2', ...(cursor === undefined ? {} : { cursor }) });
      seen.push(...page.entries.map((entry) => `${entry.product_id}@${entry.version}`));
      cursor = page.next;
    } while (cursor !== undefined);
    const expected = [
      ...[2, 1].map((version) => `${other}@${version}`),
      ...[5, 4, 3, 2, 1].map((version) => `${one}@${version}`),
    ];
    expect(seen).toEqual(expected);
  });

  test('is read by type and by time', async () => {
    const id = await withStocks(50, 5);
    const events = await eventsOf(db.write, id);
    await auditLog().apply(events);
    const times = events.map(({ recorded_at }) => recorded_at.toISOString());
    const versions = async (query: Record<string, string>) =>
      (await list(query)).entries.map(({ version }) => version);
    expect(await versions({ type: 'StockUpdated' })).toEqual([2]);
    expect(await versions({ from: times[1] ?? '' })).toEqual([2]);
    expect(await versions({ to: times[1] ?? '' })).toEqual([1]);
    expect(await versions({ from: '2999-01-01T00:00:00Z' })).toEqual([]);
  });

  test.each(['x', 'bm8', Buffer.from('[1e300,"a"]').toString('base64url')])(
    'takes no cursor that it did not give: %s',
    (cursor) => {
      expect(listAuditLogInput.safeParse({ cursor }).success).toBe(false);
    },
  );
});

describe('the alert of low stock', () => {
  const open = async () => (await findAlerts(db.read, { state: 'open', limit: 50, skip: 0 })).alerts;
  const raised = () => db.read.collection('low_stock_alerts').countDocuments();
  const follow = async (id: string) => lowStock().apply(await eventsOf(db.write, id));

  test.each([
    { stocks: [50, 5], alerts: 1, last: 5 },
    { stocks: [50, 11], alerts: 0, last: undefined },
    { stocks: [50, 10], alerts: 1, last: 10 },
    { stocks: [50, 5, 3, 8], alerts: 1, last: 8 },
    { stocks: [50, 5, 10], alerts: 1, last: 10 },
    { stocks: [50, 5, 11], alerts: 1, last: undefined },
    { stocks: [50, 5, 11, 0], alerts: 2, last: 0 },
    { stocks: [50, 5, 60, 5, 60, 5, 60], alerts: 3, last: undefined },
    { stocks: [5, 3], alerts: 0, last: undefined },
    { stocks: [5, 20, 3], alerts: 1, last: 3 },
  ])(
    'for stocks of $stocks: $alerts raised, open at $last',
    async ({ stocks: [first = 0, ...next], alerts, last }) => {
      const id = await withStocks(first, ...next);
      await follow(id);
      expect(await raised()).toBe(alerts);
      const expected =
        last === undefined ? [] : [{ product_id: id, name: 'Lamp', stock: last, threshold: 10 }];
      expect(await open()).toMatchObject(expected);
      expect(await open()).toHaveLength(expected.length);
    },
  );

  test('ends the same whatever the order, the batches and the repetitions', async () => {
    const id = await withStocks(50, 5, 60, 4, 3, 12, 9);
    const events = await eventsOf(db.write, id);
    await follow(id);
    const expected = [await read('low_stock_alerts'), await read('low_stock_watches')];
    const run = async ({ order, size }: { order: RecordedEvent[]; size: number }) => {
      await db.read.collection('low_stock_alerts').deleteMany({});
      await db.read.collection('low_stock_watches').deleteMany({});
      expect(await deliver(lowStock(), order, size)).toBeLessThanOrEqual(events.length);
      expect([await read('low_stock_alerts'), await read('low_stock_watches')]).toEqual(expected);
    };
    await fc.assert(fc.asyncProperty(deliveriesOf(events), run), { seed, numRuns: 30 });
  });

  test('ends the same when many follow one product while it changes', async () => {
    const { setStock } = productsOn(db.write);
    const id = await withStocks(50);
    for (const stock of [5, 60, 4, 70, 3]) {
      const followers = Array.from({ length: 5 }, () => follow(id));
      await Promise.all([setStock(id, stock), ...followers]);
    }
    await follow(id);
    expect(await raised()).toBe(3);
    expect(await open()).toMatchObject([{ stock: 3 }]);
  });

  test('is not raised again by a delivery that crashed before its end', async () => {
    const id = await withStocks(50, 5, 60, 5);
    await follow(id);
    const before = await read('low_stock_alerts');
    await db.read.collection('low_stock_watches').deleteMany({});
    await follow(id);
    expect(await read('low_stock_alerts')).toEqual(before);
  });

  test('waits for an event that is not on the write side, and names what is missing', async () => {
    const events = await eventsOf(db.write, await withStocks(50, 5));
    const future = { ...events[1], version: 9, event_id: randomUUID() } as RecordedEvent;
    const { applied, failures } = await lowStock().apply([...events, future]);
    expect(applied).toHaveLength(2);
    expect(failures.get(future.event_id)).toMatchObject({ code: 'event_missing' });
    expect(await lowStock().findMissing([...events, future])).toEqual([future]);
  });

  test('holds a product of a newer release back alone', async () => {
    const [newer, sound] = [await withStocks(50, 5), await withStocks(50, 5)];
    await eventRows(db.write).updateOne(
      { stream_id: `Product-${newer}`, version: 2 },
      { $set: { schema_version: 99 } },
    );
    const events = [...(await eventsOf(db.write, newer)), ...(await eventsOf(db.write, sound))];
    const { applied, failures } = await lowStock().apply(events);
    expect(applied).toHaveLength(3);
    expect([...failures.values()]).toMatchObject([{ code: 'unknown_event' }]);
    expect(await open()).toMatchObject([{ product_id: sound }]);
  });
});
