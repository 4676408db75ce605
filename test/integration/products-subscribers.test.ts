import { randomUUID } from 'node:crypto';
import * as fc from 'fast-check';
import { MongoClient, MongoServerError } from 'mongodb';
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { aggregateId, type RecordedEvent } from '../../lib/core/events.ts';
import type { Subscriber } from '../../lib/core/projection/subscriber.ts';
import { measureDrift, rebuild } from '../../lib/core/repair/rebuild.ts';
import { eventRows } from '../../lib/core/stores/event-rows.ts';
import { catalogue } from '../../lib/domains.ts';
import { findAlerts, listAlertsInput } from '../../lib/products/alert-queries.ts';
import { productsAuditLog } from '../../lib/products/audit-log.ts';
import { listAuditLog, listAuditLogInput } from '../../lib/products/audit-log-queries.ts';
import { products } from '../../lib/products/domain.ts';
import { productsLowStockAlert } from '../../lib/products/low-stock-alert.ts';
import { useDatabases } from '../support/database.ts';
import { crashEverywhere, untilCrash } from '../support/fault-points.ts';
import { instrument } from '../support/instrument.ts';
import { openAllModels, openSubscriber } from '../support/open.ts';
import { eventsOf, productsOn } from '../support/products.ts';
import { runSeed } from '../support/random.ts';

const db = useDatabases();
const seed = runSeed('products-subscribers');
const auditLog = () => openSubscriber(productsAuditLog, db.write, db.read);
const lowStock = () => openSubscriber(productsLowStockAlert, db.write, db.read);
const read = (name: string) => db.read.collection(name).find().sort({ _id: 1 }).toArray();
const readCollections = ['product_audit_log', 'low_stock_alerts', 'low_stock_watches', 'inboxes'];

beforeAll(() => catalogue.ensureIndexes(db.write, db.read));
beforeEach(async () => {
  await eventRows(db.write).deleteMany({});
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
    let after: string | undefined;
    do {
      const page = await list({ limit: '2', ...(after === undefined ? {} : { after }) });
      seen.push(...page.entries.map((entry) => `${entry.product_id}@${entry.version}`));
      after = page.next;
    } while (after !== undefined);
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
      expect(listAuditLogInput.safeParse({ after: cursor }).success).toBe(false);
    },
  );
});

describe('the alert of low stock', () => {
  const list = (query: Record<string, string> = {}) => findAlerts(db.read, listAlertsInput.parse(query));
  const open = async () => (await list()).alerts;
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
    { stocks: [5, 3], alerts: 1, last: 3 },
    { stocks: [10], alerts: 1, last: 10 },
    { stocks: [11], alerts: 0, last: undefined },
    { stocks: [5, 20, 3], alerts: 2, last: 3 },
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
      await db.read.collection('inboxes').deleteMany({});
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

  test('of a product that changes has the shape of today, also what was closed before the deploy', async () => {
    const id = await withStocks(50, 5, 60);
    await follow(id);
    const older = { $set: { schema_version: 1 }, $unset: { threshold: true, name: true } };
    for (const name of ['low_stock_alerts', 'low_stock_watches'])
      await db.read.collection(name).updateMany({}, older);
    await productsOn(db.write).setStock(id, 4);
    await follow(id);
    const shown = await read('low_stock_alerts');
    expect(shown).toHaveLength(2);
    for (const name of ['low_stock_alerts', 'low_stock_watches'])
      await db.read.collection(name).deleteMany({});
    await rebuildAll();
    expect(shown).toEqual(await read('low_stock_alerts'));
  });

  test('that a newer release has taken further is left to that one', async () => {
    const id = await withStocks(50, 5);
    await follow(id);
    const newer = { $set: { schema_version: 99, version: 9, anew: true } };
    await db.read.collection('low_stock_alerts').updateMany({}, newer);
    await db.read.collection('low_stock_watches').updateMany({}, newer);
    await productsOn(db.write).setStock(id, 4);
    await follow(id);
    for (const name of ['low_stock_alerts', 'low_stock_watches'])
      expect(await read(name)).toMatchObject([{ schema_version: 99, version: 9, anew: true }]);
  });

  describe('tells the operators', () => {
    const toldBy = (): { told: string[]; subscriber: Subscriber } => {
      const told: string[] = [];
      const subscriber = openSubscriber(
        productsLowStockAlert,
        db.write,
        db.read,
        {},
        (_, what, event, about) => {
          expect(about).toMatchObject({ product_id: aggregateId(event.stream_id), threshold: 10 });
          told.push(`${what} ${event.version}`);
        },
      );
      return { told, subscriber };
    };

    test('once of each alert, whatever the order, the batches and the repetitions', async () => {
      const id = await withStocks(50, 5, 60, 4, 3, 12, 9);
      const events = await eventsOf(db.write, id);
      const run = async ({ order, size }: { order: RecordedEvent[]; size: number }) => {
        for (const name of readCollections) await db.read.collection(name).deleteMany({});
        const { told, subscriber } = toldBy();
        await deliver(subscriber, order, size);
        expect(told.toSorted()).toEqual(['stock is low 2', 'stock is low 4', 'stock is low 7']);
      };
      await fc.assert(fc.asyncProperty(deliveriesOf(events), run), { seed, numRuns: 20 });
    });

    test('once, when many deliver the same at once', async () => {
      const events = await eventsOf(db.write, await withStocks(5, 60, 4));
      const { told, subscriber } = toldBy();
      await Promise.all(Array.from({ length: 8 }, () => subscriber.apply(events)));
      expect(told.toSorted()).toEqual(['stock is low 1', 'stock is low 3']);
    });

    test('when a rebuild has made the alert before the event was delivered, and not when it makes it again', async () => {
      const id = await withStocks(50, 5);
      const events = await eventsOf(db.write, id);
      const { told, subscriber } = toldBy();
      await rebuildAll();
      expect(await open()).toHaveLength(1);
      expect(await subscriber.findMissing(events)).toEqual(events);
      await subscriber.apply(events);
      expect(told).toEqual(['stock is low 2']);
      for (const name of ['low_stock_alerts', 'low_stock_watches']) await db.read.collection(name).drop();
      await subscriber.apply(events);
      await rebuildAll();
      await productsOn(db.write).setStock(id, 4);
      await subscriber.apply(await eventsOf(db.write, id));
      expect(await open()).toMatchObject([{ product_id: id, stock: 4 }]);
      expect(told).toEqual(['stock is low 2']);
    });

    test('nothing of what was before a new subscriber, until that is replayed', async () => {
      const events = await eventsOf(db.write, await withStocks(5, 60, 4, 70, 3));
      const { told, subscriber } = toldBy();
      await subscriber.apply(events.slice(4));
      expect(told).toEqual(['stock is low 5']);
      expect(await raised()).toBe(3);
      await subscriber.apply(events.slice(1, 2));
      expect(told).toEqual(['stock is low 5', 'stock is low 3']);
      await subscriber.apply(events);
      expect(told).toEqual(['stock is low 5', 'stock is low 3', 'stock is low 1']);
    });

    const meeting = (error: Error) => {
      let calls = 0;
      const seam = instrument(async (call) => {
        calls += 1;
        // Within the first transaction.
        if (calls === 3) throw error;
        return call();
      });
      return openSubscriber(productsLowStockAlert, db.write, seam.db(db.read));
    };
    const labelled = (code: number) =>
      new MongoServerError({ code, message: 'x', errorLabels: ['TransientTransactionError'] });

    test.each([251, 112])(
      'though the server ends a transaction with %i, which is begun anew',
      async (code) => {
        const events = await eventsOf(db.write, await withStocks(50, 5));
        const { applied, failures } = await meeting(labelled(code)).apply(events);
        expect([applied.length, failures.size]).toEqual([2, 0]);
      },
    );

    test('later, when the database is away, and does not wait for it', async () => {
      const events = await eventsOf(db.write, await withStocks(50, 5));
      const away = labelled(10_107);
      await expect(meeting(away).apply(events)).rejects.toBe(away);
      expect(await lowStock().findMissing(events)).toEqual(events);
    });

    test('at least once, and at most once more, wherever its process dies', async () => {
      const events = await eventsOf(db.write, await withStocks(50, 5));
      const crashes = await crashEverywhere(async (points, what) => {
        for (const name of readCollections) await db.read.collection(name).deleteMany({});
        const told: number[] = [];
        const tell = (_: string, __: string, { version }: RecordedEvent) => void told.push(version);
        const client = await MongoClient.connect(db.readUrl);
        const dying = openSubscriber(
          productsLowStockAlert,
          points.db(db.write),
          points.db(client.db()),
          {},
          tell,
        );
        await untilCrash(points, () => dying.apply(events));
        // The server gives up what the dead had begun: here at once, elsewhere when its time for a transaction is up.
        await client.close();
        const next = openSubscriber(productsLowStockAlert, db.write, db.read, {}, tell);
        expect((await next.apply(events)).failures.size, what).toBe(0);
        expect([1, 2], what).toContain(told.length);
        expect(await next.findMissing(events), what).toEqual([]);
        expect(await open(), what).toMatchObject([{ stock: 5 }]);
      });
      expect(crashes).toBeGreaterThan(10);
    });
  });

  test('is listed by its state, page by page, the last opened first', async () => {
    const id = await withStocks(5, 60, 4, 70, 3);
    await follow(id);
    const stocks = async (query: Record<string, string>) =>
      (await list(query)).alerts.map(({ stock, closed_at }) => [stock, closed_at === null]);
    expect(await stocks({})).toEqual([[3, true]]);
    const closed = [
      [70, false],
      [60, false],
    ];
    expect(await stocks({ state: 'closed' })).toEqual(closed);
    expect(await stocks({ state: 'all' })).toEqual([[3, true], ...closed]);
    const seen: string[] = [];
    for (let after: string | undefined, more = true; more; ) {
      const page = await list({ state: 'all', limit: '1', ...(after === undefined ? {} : { after }) });
      seen.push(...page.alerts.map(({ id: one }) => one));
      after = page.next?.after;
      more = after !== undefined;
    }
    const opened = (await eventsOf(db.write, id)).filter(({ version }) => version % 2 === 1);
    expect(seen).toEqual(opened.map(({ event_id }) => event_id).reverse());
    expect(listAlertsInput.safeParse({ state: 'shut' }).success).toBe(false);
  });
});

const models = () =>
  openAllModels(products, db.write, db.read).filter(({ projection: { name } }) =>
    ['products-audit-log', 'products-low-stock-alert', 'products-low-stock-watch'].includes(name),
  );
const options = () => ({ db: db.read, timeLeftMs: () => 60_000, batchSize: 2 });
const rebuildAll = async () => {
  for (const model of models())
    expect(await rebuild(model, options())).toMatchObject({ done: true, failed: 0 });
};

describe('what a subscriber keeps', () => {
  test.each([
    ['dropped', (name: string) => db.read.collection(name).drop()],
    ['altered', (name: string) => db.read.collection(name).updateMany({}, { $set: { by_hand: true } })],
    ['added to', (name: string) => db.read.collection<{ _id: string }>(name).insertOne({ _id: 'x@1' })],
    ['half gone', (name: string) => db.read.collection(name).deleteOne({})],
  ])('and a hand has %s is counted by a dry run and healed by a rebuild', async (_, damage) => {
    for (const stocks of [[50, 5, 60, 4], [9, 70, 2, 80, 1], [50]]) {
      const [first = 0, ...next] = stocks;
      const events = await eventsOf(db.write, await withStocks(first, ...next));
      await auditLog().apply(events);
      await lowStock().apply(events);
    }
    const before = await Promise.all(readCollections.map(read));
    for (const model of models()) {
      const none = { altered: 0, missing: 0, surplus: 0, failed: 0 };
      expect(await measureDrift(model, options()), model.projection.name).toMatchObject(none);
      await damage(model.collection.collectionName);
      const { altered, missing, surplus } = await measureDrift(model, options());
      expect(altered + missing + surplus, model.projection.name).toBeGreaterThan(0);
      await rebuild(model, options());
      expect(await measureDrift(model, options()), model.projection.name).toMatchObject(none);
    }
    expect(await Promise.all(readCollections.map(read))).toEqual(before);
  });
});
