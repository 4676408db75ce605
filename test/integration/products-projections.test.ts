import * as fc from 'fast-check';
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { RecordedEvent } from '../../lib/core/events.ts';
import { measureDrift, rebuild } from '../../lib/core/repair/rebuild.ts';
import { searchedWords } from '../../lib/core/search/words.ts';
import { catalogue } from '../../lib/domains.ts';
import { products } from '../../lib/products/domain.ts';
import { productsProjector } from '../../lib/products/projections.ts';
import { findProduct, findProducts } from '../../lib/products/queries.ts';
import { useDatabases } from '../support/database.ts';
import { openModels, openSubscriber } from '../support/open.ts';
import { allEvents, eventsOf, productsOn } from '../support/products.ts';
import { runSeed } from '../support/random.ts';

const db = useDatabases();
const seed = runSeed('products-projections');
const collections = ['suppliers', 'product_cards', 'product_details', 'product_views'];
const projector = () => openSubscriber(productsProjector, db.write, db.read);
const apply = async (events: RecordedEvent[]) => {
  const { failures } = await projector().apply(events);
  expect([...failures.values()]).toEqual([]);
};
const stored = () =>
  Promise.all(collections.map((name) => db.read.collection(name).find().sort({ _id: 1 }).toArray()));
const emptyRead = () => Promise.all(collections.map((name) => db.read.collection(name).deleteMany({})));
const timeLeftMs = () => 60_000;

beforeAll(() => catalogue.ensureIndexes(db.write, db.read));
beforeEach(async () => {
  await emptyRead();
  await db.write.collection('events').deleteMany({});
  await db.write.collection('snapshots').deleteMany({});
});

/** Two suppliers, renamed between the changes of their products. */
const makeHistory = async () => {
  const { createSupplier, create, rename, setStock, setPrice } = productsOn(db.write);
  const [acme, other] = [await createSupplier(), await createSupplier('Other')];
  const lamp = await create(acme);
  const desk = await create(acme, { name: 'Desk', stock: 0 });
  await rename(acme, 'Acme II');
  await setStock(lamp, 0);
  await create(other, { name: 'Chair' });
  await rename(acme, 'Acme III');
  await setPrice(desk, 1);
  await rename(other, 'Else');
  await setStock(lamp, 3);
  return { acme, lamp };
};

describe('a read model of products', () => {
  test('ends the same whatever the order, the batches and the repetitions of events', async () => {
    await makeHistory();
    const events = await allEvents(db.write);
    await apply(events);
    const expected = await stored();
    const orders = fc.array(fc.nat(events.length - 1), { maxLength: 8 }).chain((extra) =>
      fc.record({
        order: fc.shuffledSubarray(
          [...events.keys(), ...extra.map((index) => index)].map((index, at) => ({ index, at })),
          { minLength: events.length + extra.length },
        ),
        size: fc.integer({ min: 1, max: events.length }),
      }),
    );
    await fc.assert(
      fc.asyncProperty(orders, async ({ order, size }) => {
        await emptyRead();
        const delivered = order.flatMap(({ index }) => events[index] ?? []);
        for (let at = 0; at < delivered.length; at += size) await apply(delivered.slice(at, at + size));
        expect(await stored()).toEqual(expected);
      }),
      { seed, numRuns: 30 },
    );
  });

  test('ends the same when many projectors work on all events at once', async () => {
    await makeHistory();
    const events = await allEvents(db.write);
    await apply(events);
    const expected = await stored();
    for (let round = 0; round < 10; round += 1) {
      await emptyRead();
      const workers = Array.from({ length: 6 }, (_, worker) =>
        events.map((_, at) => events[(at * 5 + worker * 3) % events.length] ?? []),
      );
      await Promise.all(workers.map(async (list) => apply(list.flat())));
      await Promise.all(events.map((event) => apply([event])));
      expect(await stored()).toEqual(expected);
    }
  });

  test('is rebuilt to what live projection had made of it', async () => {
    await makeHistory();
    await apply(await allEvents(db.write));
    const live = await stored();
    for (const model of openModels(products, db.write, db.read)) {
      const drift = await measureDrift(model, { db: db.read, timeLeftMs });
      expect(drift).toMatchObject({ altered: 0, missing: 0, surplus: 0, failed: 0 });
    }
    await emptyRead();
    for (const model of openModels(products, db.write, db.read))
      await rebuild(model, { db: db.read, timeLeftMs });
    expect(await stored()).toEqual(live);
  });

  test('has an old copy of a name counted as drift, and mended', async () => {
    const { lamp } = await makeHistory();
    await apply(await allEvents(db.write));
    const live = await stored();
    await db.read
      .collection<{ _id: string }>('product_cards')
      .updateOne({ _id: lamp }, { $set: { supplier_name: 'Acme', supplier_version: 1 } });
    const cards = openModels(products, db.write, db.read)[1];
    if (cards === undefined) throw new Error('there are cards');
    expect(await measureDrift(cards, { db: db.read, timeLeftMs })).toMatchObject({ altered: 1 });
    expect(await rebuild(cards, { db: db.read, timeLeftMs })).toMatchObject({ written: 1 });
    expect(await stored()).toEqual(live);
  });

  test('is sound after rebuilds that race with renames', async () => {
    const { createSupplier, create, rename } = productsOn(db.write);
    const supplier = await createSupplier();
    const ids = await Promise.all(Array.from({ length: 20 }, () => create(supplier)));
    await apply(await allEvents(db.write));
    for (let round = 0; round < 10; round += 1) {
      await db.read.collection('product_details').deleteMany({ version: 1 });
      const name = `Name ${round}`;
      const live = rename(supplier, name).then(async () => apply(await eventsOf(db.write, supplier)));
      const models = openModels(products, db.write, db.read);
      const rebuilds = models.map((model) => rebuild(model, { db: db.read, timeLeftMs }));
      await Promise.all([live, ...rebuilds]);
      const found = await Promise.all(ids.map((id) => findProduct(db.read, id)));
      expect(new Set(found.map((product) => product?.supplier_name))).toEqual(new Set([name]));
    }
  });
});

describe('a rename', () => {
  test('reaches a product that is projected after it', async () => {
    const { createSupplier, create, rename } = productsOn(db.write);
    const supplier = await createSupplier();
    const lamp = await create(supplier);
    await rename(supplier, 'Zenith');
    await apply(await eventsOf(db.write, supplier));
    await apply(await eventsOf(db.write, lamp));
    expect(await findProduct(db.read, lamp)).toMatchObject({ supplier_name: 'Zenith' });
  });

  test('reaches its products when its own delivery crashed half-way', async () => {
    const { createSupplier, create, rename } = productsOn(db.write);
    const supplier = await createSupplier();
    const lamp = await create(supplier);
    await apply(await allEvents(db.write));
    const before = await db.read.collection('product_details').find().toArray();
    await rename(supplier, 'Zenith');
    const events = await eventsOf(db.write, supplier);
    await apply(events);
    await db.read.collection('product_details').deleteMany({});
    await db.read.collection('product_details').insertMany(before);
    expect(await projector().findMissing(events)).toHaveLength(1);
    await apply(events);
    expect(await findProduct(db.read, lamp)).toMatchObject({ supplier_name: 'Zenith' });
    expect(await projector().findMissing(events)).toEqual([]);
  });

  test('reaches ten thousand products, and leaves those of others alone', async () => {
    const { createSupplier, create, rename, setStock } = productsOn(db.write);
    const [supplier, other] = [await createSupplier(), await createSupplier('Other')];
    const [lamp, chair] = [await create(supplier), await create(other, { name: 'Chair' })];
    await apply(await allEvents(db.write));
    for (const name of ['product_cards', 'product_details']) {
      const documents = db.read.collection<{ _id: string; version: number }>(name);
      const one = await documents.findOne({ _id: lamp });
      if (one === null) throw new Error('the lamp is projected');
      await documents.insertMany(Array.from({ length: 9_999 }, (_, n) => ({ ...one, _id: `copy-${n}` })));
    }
    await rename(supplier, 'Zenith');
    await setStock(chair, 7);
    await Promise.all([eventsOf(db.write, supplier).then(apply), eventsOf(db.write, chair).then(apply)]);
    for (const name of ['product_cards', 'product_details']) {
      const count = (supplier_name: string) => db.read.collection(name).countDocuments({ supplier_name });
      expect([await count('Zenith'), await count('Other')]).toEqual([10_000, 1]);
    }
    expect(await findProduct(db.read, chair)).toMatchObject({ stock: 7, supplier_name: 'Other' });
  });
});

describe('the list of products', () => {
  const list = (fields: object) =>
    findProducts(db.read, { limit: 20, skip: 0, ...fields }, { maxTimeMS: 5_000 });

  test('finds text as it stands, in any case', async () => {
    const { createSupplier, create } = productsOn(db.write);
    const supplier = await createSupplier();
    const names = ['Lamp (A+)', 'Lamp .*', '100% wool', 'a-b/c\\d', 'LAMPE $1'];
    for (const name of names) await create(supplier, { name });
    await apply(await allEvents(db.write));
    const found = async (q: string) =>
      (await list({ q: searchedWords(q) })).products.map(({ name }) => name).toSorted();
    for (const name of names) expect(await found(name.toLowerCase())).toEqual([name]);
    expect(await found('lamp')).toEqual(['LAMPE $1', 'Lamp (A+)', 'Lamp .*']);
    expect(await found('.')).toEqual(['Lamp .*']);
    expect(await found('(a+)+$')).toEqual([]);
  });

  test('tells products in stock from those that are not, newest first, page by page', async () => {
    const { createSupplier, create } = productsOn(db.write);
    const supplier = await createSupplier();
    const ids: string[] = [];
    for (const stock of [0, 1, 2, 0]) ids.push(await create(supplier, { stock }));
    await apply(await allEvents(db.write));
    const idsOf = async (fields: object) => (await list(fields)).products.map(({ id }) => id);
    expect(await idsOf({})).toEqual(ids.toReversed());
    expect(await idsOf({ in_stock: true })).toEqual([ids[2], ids[1]]);
    expect(await idsOf({ in_stock: false })).toEqual([ids[3], ids[0]]);
    expect((await list({ limit: 3 })).next).toEqual({ after: ids[1] });
    expect(await idsOf({ limit: 3, skip: 3 })).toEqual([ids[0]]);
    expect(await idsOf({ after: [ids[1]] })).toEqual([ids[0]]);
  });
});
