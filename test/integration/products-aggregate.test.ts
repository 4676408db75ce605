// All the read documents of a product, as an operator sees and mends them: its row for each event, its alerts.
// Source: lib/core/ops/aggregate.ts, `ofAggregate` of each source.
import { beforeEach, expect, test } from 'vitest';
import { compareAggregate, mendAggregate } from '../../lib/core/ops/aggregate.ts';
import { products } from '../../lib/products/domain.ts';
import { useDatabases } from '../support/database.ts';
import { openAllModels, openSubscriber } from '../support/open.ts';
import { allEvents, productsOn } from '../support/products.ts';

const db = useDatabases();
const models = () =>
  openAllModels(products, db.write, db.read).filter(({ projection }) => projection.streamType === 'Product');
const subscribers = () =>
  products.subscribers.map((definition) => ({
    ...definition,
    subscriber: openSubscriber(definition, db.write, db.read),
  }));
const rows = (name: string) => db.read.collection<{ _id: string; [field: string]: unknown }>(name);
const compare = (id: string) => compareAggregate(db.write, models(), `Product-${id}`);
const wrong = async (id: string) => (await compare(id)).filter(({ differing }) => differing.length > 0);
const mend = (id: string) =>
  mendAggregate({ writeDb: db.write, models: models(), subscribers: subscribers() }, `Product-${id}`);

let id: string;
let other: string;

/** Low, enough, low again: two alerts. Another product has the same beside it. */
beforeEach(async () => {
  const { createSupplier, create, setStock } = productsOn(db.write);
  const supplier = await createSupplier();
  const made: string[] = [];
  for (let count = 0; count < 2; count += 1) {
    const one = await create(supplier, { stock: 5 });
    await setStock(one, 50);
    await setStock(one, 3);
    made.push(one);
  }
  [id = '', other = ''] = made;
  const events = await allEvents(db.write);
  for (const { subscriber, hears } of subscribers())
    await subscriber.apply(events.filter(({ type }) => hears.includes(type)));
});

const collectionsOf = async (documents: Promise<{ collection: string; id: string }[]>) =>
  Object.fromEntries(
    Object.entries(Object.groupBy(await documents, ({ collection }) => collection)).map(([name, found]) => [
      name,
      found?.map((one) => one.id),
    ]),
  );

test('are its card, its details, a row for each event, what is watched and each alert, and nothing of another', async () => {
  const audited = await rows('product_audit_log')
    .find({ stream_id: `Product-${id}` })
    .sort({ _id: 1 })
    .toArray();
  expect(audited).toHaveLength(3);
  expect(await collectionsOf(compare(id))).toEqual({
    product_cards: [id],
    product_details: [id],
    product_audit_log: audited.map(({ _id }) => _id),
    low_stock_watches: [id],
    low_stock_alerts: [`${id}@1`, `${id}@3`],
  });
  expect(await wrong(id)).toEqual([]);
});

test('are marked if a hand has altered, removed or added one, and mended, no other product and no effect touched', async () => {
  const names = ['product_cards', 'product_audit_log', 'low_stock_watches', 'low_stock_alerts', 'inboxes'];
  const state = async () =>
    Object.fromEntries(
      await Promise.all(
        names.map(async (name) => [name, await rows(name).find().sort({ _id: 1 }).toArray()] as const),
      ),
    );
  const before = await state();
  const [first, second] = await rows('product_audit_log')
    .find({ stream_id: `Product-${id}` })
    .toArray();
  await rows('product_audit_log').updateOne(
    { _id: first?._id ?? '' },
    { $set: { stream_id: 'gone astray' } },
  );
  await rows('product_audit_log').deleteOne({ _id: second?._id ?? '' });
  await rows('product_audit_log').insertOne({ ...second, _id: 'invented' });
  await rows('low_stock_watches').updateOne({ _id: id }, { $set: { stock: 77 } });
  await rows('low_stock_alerts').deleteOne({ _id: `${id}@1` });
  await rows('low_stock_alerts').insertOne({ ...before['low_stock_alerts']?.[0], _id: `${id}@2` });
  expect(await collectionsOf(wrong(id))).toEqual({
    product_audit_log: expect.arrayContaining([first?._id, second?._id, 'invented']),
    low_stock_watches: [id],
    low_stock_alerts: [`${id}@1`, `${id}@2`],
  });
  expect(await wrong(other)).toEqual([]);
  expect(await mend(id)).toBe(6);
  expect(await wrong(id)).toEqual([]);
  expect(await state()).toEqual(before);
  expect(await mend(id)).toBe(0);
});
