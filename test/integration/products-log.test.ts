import { randomUUID } from 'node:crypto';
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { EventRow, RecordedEvent } from '../../lib/core/events.ts';
import { noneApplied, type Subscriber } from '../../lib/core/projection/subscriber.ts';
import { runRelay } from '../../lib/core/relay/relay.ts';
import { replay } from '../../lib/core/repair/replay.ts';
import { eventRows } from '../../lib/core/stores/event-rows.ts';
import { catalogue } from '../../lib/domains.ts';
import { findAlerts, listAlerts, listAlertsInput } from '../../lib/products/alert-queries.ts';
import { productsAuditLog } from '../../lib/products/audit-log.ts';
import { findProductAt, getProductHistory } from '../../lib/products/history.ts';
import { alerts, watches } from '../../lib/products/low-stock-alert.ts';
import { productEvents } from '../../lib/products/product.ts';
import { productsProjector } from '../../lib/products/projections.ts';
import { findProduct } from '../../lib/products/queries.ts';
import { hasTakenIn } from '../../lib/products/reached.ts';
import { productStore } from '../../lib/products/store.ts';
import { queryContext } from '../support/context.ts';
import { useDatabases } from '../support/database.ts';
import { openSubscriber } from '../support/open.ts';
import { allEvents, eventsOf, lampFields, productsOn } from '../support/products.ts';

const db = useDatabases();
const timeLeftMs = () => 60_000;
const hears = Object.keys(productEvents);

beforeAll(() => catalogue.ensureIndexes(db.write, db.read));
beforeEach(async () => {
  for (const one of [db.write, db.read]) {
    for (const { name } of await one.listCollections().toArray()) await one.collection(name).deleteMany({});
  }
});

/** Relays what is pending to the subscriptions of the events. */
const relay = async (
  subscriptionsOf: (type: string) => string[] = () => [],
  onSent: (subscription: string) => void = () => undefined,
) => {
  let left = await eventRows(db.write).countDocuments({ pending: true });
  await runRelay({
    db: db.write,
    publisher: {
      async send(subscription, messages) {
        for (const _ of messages) onSent(subscription);
        return { refused: new Map() };
      },
    },
    subscriptionsOf,
    maxAttempts: 5,
    owner: randomUUID(),
    batchSize: 100,
    pollMs: 5,
    leaseMs: 1_000,
    timeLeftMs: () => (left > 0 ? 1_000 : 0),
    onBatch: ({ published }) => {
      left -= published;
    },
  });
};

const lampWithStocks = async (...stocks: number[]) => {
  const { createSupplier, create, setStock } = productsOn(db.write);
  const id = await create(await createSupplier());
  for (const stock of stocks) await setStock(id, stock);
  return id;
};

describe('a replay', () => {
  const feed = (subscriber: Subscriber, options: { from?: number; timeLeftMs?: () => number } = {}) =>
    replay({ writeDb: db.write, readDb: db.read, subscriber, hears, from: 0, timeLeftMs, ...options });

  test('feeds a new subscriber from the beginning, and may be run twice', async () => {
    await lampWithStocks(1, 2, 3);
    await relay();
    const first = await feed(openSubscriber(productsAuditLog, db.write, db.read));
    expect(first).toMatchObject({
      scanned: 5,
      applied: 4,
      duplicates: 0,
      failed: 0,
      position: 6,
      done: true,
    });
    expect(await db.read.collection('product_audit_log').countDocuments()).toBe(4);
    expect(await feed(openSubscriber(productsAuditLog, db.write, db.read))).toMatchObject({
      applied: 0,
      duplicates: 4,
      done: true,
    });
  });

  test('begins where it is told to', async () => {
    await lampWithStocks(1, 2, 3);
    await relay();
    expect(await feed(openSubscriber(productsAuditLog, db.write, db.read), { from: 4 })).toMatchObject({
      scanned: 2,
      applied: 2,
    });
  });

  test('goes on where the time had ended', async () => {
    const { createSupplier, create } = productsOn(db.write);
    const supplier = await createSupplier();
    for (let n = 0; n < 60; n += 1) await Promise.all(Array.from({ length: 10 }, () => create(supplier)));
    await relay();
    let calls = 0;
    const once = () => (calls++ === 0 ? 60_000 : 0);
    const cut = await feed(openSubscriber(productsAuditLog, db.write, db.read), { timeLeftMs: once });
    expect(cut.done).toBe(false);
    expect(cut.scanned).toBeLessThan(601);
    const rest = await feed(openSubscriber(productsAuditLog, db.write, db.read));
    expect(rest).toMatchObject({ scanned: 601, applied: 600, duplicates: 0, done: true });
  });
});

/** Rows as the first and the second release wrote them. */
const writeOldRows = async (): Promise<string> => {
  const id = randomUUID();
  const row = (version: number, type: string, schema_version: number, data: object): EventRow => ({
    _id: randomUUID(),
    stream_id: `Product-${id}`,
    stream_type: 'Product',
    version,
    type,
    schema_version,
    data,
    metadata: { command_id: randomUUID(), correlation_id: 'old', causation_id: 'old' },
    recorded_at: new Date(`2024-01-0${version}T09:30:00.000Z`),
    pending: true,
  });
  const { createSupplier } = productsOn(db.write);
  const fields = { name: 'Lamp', stock: 50, supplier_id: await createSupplier(), supplier_name: 'Acme' };
  await eventRows(db.write).insertMany([
    row(1, 'ProductCreated', 1, { ...fields, price: 19.99, cost_price: 7.5 }),
    row(2, 'PriceChanged', 1, { old_price: 19.99, new_price: 4.35 }),
  ]);
  return id;
};

describe('events of older releases', () => {
  test('are seen in the shape of today by every reader, and stay as they are stored', async () => {
    const id = await writeOldRows();
    const stored = await eventRows(db.write)
      .find({ stream_id: `Product-${id}` })
      .toArray();
    const { state, version } = await productStore(db.write).load(id);
    expect([state?.price_minor, state?.cost_price_minor, version]).toEqual([435, 750, 2]);

    await openSubscriber(productsProjector, db.write, db.read).apply(await allEvents(db.write));
    expect(await findProduct(db.read, id)).toMatchObject({ price: 4.35, description: '', version: 2 });
    const first = await findProductAt(db.write, id, new Date('2024-01-01T10:00:00Z'));
    expect(first).toMatchObject({ price: 19.99, version: 1 });

    const data = { id, limit: 10, after_version: 0 };
    const environment = { writeDb: db.write };
    const { body } = await getProductHistory.handle(
      { type: 'GetProductHistory', data },
      environment,
      queryContext,
    );
    expect(body.map(({ data }) => data)).toEqual([
      { name: 'Lamp', description: '', price: 19.99, stock: 50, supplier_name: 'Acme' },
      { from: 19.99, to: 4.35 },
    ]);

    await productsOn(db.write).setPrice(id, 500);
    const changed = (await eventsOf(db.write, id)).at(-1);
    expect(changed).toMatchObject({ schema_version: 2, data: { from_minor: 435, to_minor: 500 } });
    const still = await eventRows(db.write)
      .find({ stream_id: `Product-${id}`, version: { $lte: 2 } })
      .toArray();
    expect(still).toEqual(stored);
  });

  test('are replayed to a subscriber that did not know of them', async () => {
    const id = await writeOldRows();
    await relay();
    const subscriber = openSubscriber(productsAuditLog, db.write, db.read);
    const options = { writeDb: db.write, readDb: db.read, subscriber, hears, from: 0, timeLeftMs };
    expect(await replay(options)).toMatchObject({ applied: 2, failed: 0 });
    const rows = await db.read.collection('product_audit_log').find().sort({ version: 1 }).toArray();
    expect(rows.map((row) => row['stream_id'])).toEqual([`Product-${id}`, `Product-${id}`]);
  });
});

describe('time travel', () => {
  test('shows the product and the name of its supplier as they were', async () => {
    const { createSupplier, create, rename, setStock } = productsOn(db.write);
    const supplier = await createSupplier();
    const id = await create(supplier);
    await rename(supplier, 'Zenith');
    await setStock(id, 7);
    const [made, changed] = await eventsOf(db.write, id);
    const renamed = (await eventsOf(db.write, supplier)).at(-1);
    if (!made || !changed || !renamed) throw new Error('there are three events');
    const at = (instant: Date) => findProductAt(db.write, id, instant);
    expect(await at(new Date(made.recorded_at.getTime() - 1))).toBeUndefined();
    expect(await at(changed.recorded_at)).toMatchObject({ stock: 7, supplier_name: 'Zenith', version: 2 });
    expect(await at(new Date('2999-01-01'))).toMatchObject({ stock: 7 });
    await eventRows(db.write).updateOne(
      { _id: renamed.event_id },
      { $set: { recorded_at: new Date(changed.recorded_at.getTime() + 10) } },
    );
    expect(await at(changed.recorded_at)).toMatchObject({ stock: 7, supplier_name: 'Acme' });
  });
});

/** The state of a product, as a snapshot of today keeps it. */
const stateOf = (stock: number) => ({
  ...lampFields,
  stock,
  supplier_id: 's',
  supplier_name: 'Acme',
  supplier_version: 1,
});

describe('snapshots', () => {
  const snapshots = () => db.write.collection<{ _id: string; version: number }>('snapshots');

  test('are made each so many events, and loading goes on from the last', async () => {
    const id = await lampWithStocks(...Array.from({ length: 7 }, (_, n) => n));
    const store = productStore(db.write, 5);
    const { state, ...from } = await store.load(id);
    if (state === undefined) throw new Error('the lamp exists');
    const metadata = { command_id: 'c', correlation_id: 'c', causation_id: 'c' };
    const to = (stock: number) => ({ ...state, stock });
    const viewed = { type: 'ProductViewed', data: { count: 1 } } as const;
    await store.append(id, { from: { ...from, state }, next: to(6), events: [viewed, viewed], metadata });
    expect(await snapshots().findOne({ _id: `Product-${id}` })).toMatchObject({ version: 10 });
    await eventRows(db.write).deleteMany({ stream_id: `Product-${id}`, version: { $lt: 10 } });
    expect(await productStore(db.write, 5).load(id)).toMatchObject({ version: 10, state: { stock: 6 } });
  });

  const { supplier_version: _, ...withoutVersion } = stateOf(7);
  test.each([
    ['a field of another type', { ...stateOf(7), stock: 'many' }],
    ['a field less', withoutVersion],
    ['a field more', { ...stateOf(7), colour: 'red' }],
  ])(
    'of a state with %s are thrown away unasked, and loading begins at the first event',
    async (__, state) => {
      const id = await lampWithStocks(1, 2, 3);
      const times = { created_at: new Date(), updated_at: new Date() };
      await snapshots().insertOne({ _id: `Product-${id}`, version: 3, ...times, ...{ state } });
      expect(await productStore(db.write).load(id)).toMatchObject({ version: 4, state: { stock: 3 } });
      const store = productStore(db.write, 1);
      const from = await store.load(id);
      const viewed = { type: 'ProductViewed', data: { count: 1 } } as const;
      const metadata = { command_id: 'c', correlation_id: 'c', causation_id: 'c' };
      await store.append(id, { from, next: from.state, events: [viewed], metadata });
      expect(await snapshots().findOne({ _id: `Product-${id}` })).toMatchObject({
        state: { stock: 3 },
        version: 5,
      });
    },
  );

  test('of a state that fits are gone on from, with the times of the stream', async () => {
    const id = await lampWithStocks(1, 2, 3, 4, 5);
    const load = () => productStore(db.write, 5).load(id);
    const withSnapshot = await load();
    const [first, ...others] = await eventsOf(db.write, id);
    const last = others.at(-1);
    expect([withSnapshot.created_at, withSnapshot.updated_at]).toEqual([
      first?.recorded_at,
      last?.recorded_at,
    ]);
    await snapshots().deleteMany({});
    expect(await load()).toEqual(withSnapshot);
    const times = { created_at: new Date(1_000), updated_at: new Date(2_000) };
    await snapshots().insertOne({ _id: `Product-${id}`, version: 6, ...times, ...{ state: stateOf(7) } });
    expect(await load()).toEqual({ state: stateOf(7), version: 6, ...times });
  });

  test('can be lost without a difference', async () => {
    const id = await lampWithStocks(1, 2, 3);
    const before = await productStore(db.write, 1).load(id);
    await snapshots().deleteMany({});
    expect(await productStore(db.write, 1).load(id)).toEqual(before);
  });
});

describe('a fourth subscriber', () => {
  /** Counts price cuts by product. Nothing but this and its registration is new. */
  const priceCuts = (): Subscriber & { cuts: Set<string> } => {
    const cuts = new Set<string>();
    const seen = new Set<string>();
    const isCut = ({ type, data }: RecordedEvent) =>
      type === 'PriceChanged' &&
      Number(Reflect.get(data, 'to_minor')) < Number(Reflect.get(data, 'from_minor'));
    return {
      name: 'products-price-cuts',
      cuts,
      async apply(events) {
        const applied = events.filter(({ event_id }) => !seen.has(event_id));
        for (const { event_id } of applied) seen.add(event_id);
        for (const { event_id } of applied.filter(isCut)) cuts.add(event_id);
        return { ...noneApplied(), applied };
      },
      findMissing: async (events) => events.filter(({ event_id }) => !seen.has(event_id)),
    };
  };

  test('hears of what happens, and of what had happened, without a change to a command', async () => {
    const { createSupplier, create, setPrice } = productsOn(db.write);
    const id = await create(await createSupplier());
    await setPrice(id, 1000);
    await relay();
    const subscriber = priceCuts();
    const options = { writeDb: db.write, readDb: db.read, subscriber, hears: ['PriceChanged'], from: 0 };
    await replay({ ...options, timeLeftMs });
    expect(subscriber.cuts.size).toBe(1);

    await setPrice(id, 500);
    await setPrice(id, 900);
    const sent: string[] = [];
    await relay(
      (type) => (type === 'PriceChanged' ? ['products-projector', subscriber.name] : []),
      (subscription) => sent.push(subscription),
    );
    expect(sent.filter((name) => name === subscriber.name)).toHaveLength(2);
    expect(sent.filter((name) => name === 'products-projector')).toHaveLength(2);
    await subscriber.apply((await eventsOf(db.write, id)).slice(2));
    expect(subscriber.cuts.size).toBe(2);
  });
});

test('a list has a version of a product when it has taken in what it hears of up to then, whatever came later', async () => {
  const { createSupplier, create, setStock, setPrice } = productsOn(db.write);
  const supplier = await createSupplier();
  const id = await create(supplier);
  await setPrice(id, 1_000);
  await setStock(id, 7);
  const asked: number[] = [];
  const hasTaken = (version: number, upTo: number, of = id) =>
    hasTakenIn(db.write, { id: of, version }, ['ProductCreated', 'StockUpdated'], async (heard) => {
      asked.push(heard);
      return heard <= upTo;
    });
  // Version 2 says nothing to it: it waits for what it heard of before.
  expect([await hasTaken(1, 1), await hasTaken(2, 1), await hasTaken(3, 1)]).toEqual([true, true, false]);
  expect(asked).toEqual([1, 1, 3]);
  expect([await hasTaken(4, 3), await hasTaken(1, 3, randomUUID())]).toEqual([false, false]);
  // It has no use for what a supplier says.
  expect([await hasTaken(1, 0, supplier), await hasTaken(2, 0, supplier)]).toEqual([true, false]);
});

test('a list has no use for what it does not hear of', async () => {
  const { createSupplier, create } = productsOn(db.write);
  const id = await create(await createSupplier());
  expect(await hasTakenIn(db.write, { id, version: 1 }, ['PriceChanged'], async () => false)).toBe(true);
});

test('the list of alerts has each version up to which the stock of a product was followed', async () => {
  const { createSupplier, create, setStock } = productsOn(db.write);
  const id = await create(await createSupplier());
  await setStock(id, 7);
  await setStock(id, 8);
  await watches(db.read).insertOne({ _id: id, version: 2 } as never);
  const has = (version: number) =>
    listAlerts.hasReached?.({ id, version }, { writeDb: db.write, readDb: db.read });
  expect([await has(1), await has(2), await has(3)]).toEqual([true, true, false]);
});

test('alerts are read page by page, the newest first, each once, and those of one state alone', async () => {
  const opened = ['a', 'b', 'c', 'd'].map((_id, at) => ({
    ...{ _id, event_id: _id, product_id: 'p', name: 'Lamp', stock: 1, threshold: 10, closed_at: null },
    ...{ state: at === 1 ? 'closed' : 'open', opened_at: new Date(Date.UTC(2026, 0, 1 + at)) },
  }));
  await alerts(db.read).insertMany(opened as never[]);
  const pagesOf = async (asked: Record<string, string>) => {
    const pages: string[][] = [];
    let next: Record<string, string> | undefined = {};
    while (next !== undefined) {
      const page: Awaited<ReturnType<typeof findAlerts>> = await findAlerts(
        db.read,
        listAlertsInput.parse({ ...asked, ...next }),
      );
      pages.push(page.alerts.map(({ id }) => id));
      next = page.next;
    }
    return pages;
  };
  expect(await pagesOf({ limit: '2' })).toEqual([['d', 'c'], ['a']]);
  expect(await pagesOf({ limit: '2', state: 'all' })).toEqual([
    ['d', 'c'],
    ['b', 'a'],
  ]);
  expect(await pagesOf({ state: 'closed' })).toEqual([['b']]);
  expect(await pagesOf({ state: 'all', skip: '3' })).toEqual([['a']]);
});
