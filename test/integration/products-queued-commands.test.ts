import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, test } from 'vitest';
import { queuedCommandsHandler } from '../../lib/core/commands/queued-commands.ts';
import { catalogue } from '../../lib/domains.ts';
import { commandConsumer } from '../../lib/platform/command-queue.ts';
import { queuedProductCommands, viewProduct } from '../../lib/products/commands.ts';
import {
  mergeViews,
  type ProductViews,
  type ProductViewsEvent,
  productViewsDecider,
  type RecordProductView,
  recordProductView,
} from '../../lib/products/product-views.ts';
import { productViewsStore } from '../../lib/products/store.ts';
import { useDatabases } from '../support/database.ts';
import { eventsOf, productsOn } from '../support/products.ts';

const db = useDatabases();
beforeAll(() => catalogue.ensureIndexes(db.write, db.read));

const handle = (commands: ReturnType<typeof view>[]) => queuedProductCommands(db.write)(commands);
const view = (id: string, command_id: string = randomUUID()) => ({
  type: viewProduct.type,
  data: viewProduct.toData({ id }),
  command_id,
  correlation_id: `correlation of ${command_id}`,
  causation_id: command_id,
  sent_at: new Date(),
});
const newProduct = async () => {
  const { createSupplier, create } = productsOn(db.write);
  return create(await createSupplier());
};
const countsOf = async (id: string) =>
  (await eventsOf(db.write, id)).flatMap(({ type, data }) =>
    type === 'ProductViewsCounted' && 'count' in data ? [Number(data.count)] : [],
  );
const total = (counts: number[]) => counts.reduce((sum, count) => sum + count, 0);

describe('views that arrive as queued commands', () => {
  test('are folded into one event a batch, which names every command behind it', async () => {
    const [lamp, desk] = [await newProduct(), await newProduct()];
    const views = [view(lamp), view(desk), view(lamp), view(lamp)];
    expect(await handle(views)).toMatchObject({ applied: { length: 4 }, duplicates: 0 });
    expect([await countsOf(lamp), await countsOf(desk)]).toEqual([[3], [1]]);
    const { metadata } = (await eventsOf(db.write, lamp)).at(-1) ?? {};
    const named = [metadata, ...(metadata?.merged_commands ?? [])].map((one) => one?.command_id);
    expect(named).toEqual([views[0], views[2], views[3]].map((one) => one?.command_id));
    expect(metadata?.merged_commands?.[0]?.correlation_id).toBe(views[2]?.correlation_id);
  });

  test('count once, however often and in whatever batch they come', async () => {
    const lamp = await newProduct();
    const views = Array.from({ length: 6 }, () => view(lamp));
    await handle(views.slice(0, 3));
    expect(await handle(views)).toMatchObject({ applied: { length: 3 }, duplicates: 3 });
    expect(await handle(views)).toMatchObject({ applied: [], duplicates: 6 });
    const twice = view(lamp);
    expect(await handle([twice, twice])).toMatchObject({ applied: [twice], duplicates: 1 });
    expect(total(await countsOf(lamp))).toBe(7);
  });

  test('are counted exactly by many consumers that get the same ones at once', async () => {
    const lamp = await newProduct();
    const { setStock } = productsOn(db.write);
    const views = Array.from({ length: 100 }, () => view(lamp));
    const batches = Array.from({ length: 20 }, (_, n) => [
      ...views.slice(n * 5, n * 5 + 10),
      ...views.slice(0, 2),
    ]);
    const stock = Array.from({ length: 5 }, (_, n) => setStock(lamp, n));
    const [outcomes] = await Promise.all([Promise.all(batches.map(handle)), Promise.all(stock)]);
    expect(outcomes.flatMap(({ failures }) => [...failures.values()])).toEqual([]);
    expect(outcomes.flatMap(({ applied }) => applied)).toHaveLength(100);
    expect(total(await countsOf(lamp))).toBe(100);
  });

  test('of a product that does not exist leave nothing behind', async () => {
    const id = randomUUID();
    const views = [view(id), view(id)];
    const { applied, duplicates, failures } = await handle(views);
    expect([applied, duplicates, failures.size]).toEqual([views, 0, 0]);
    expect(await eventsOf(db.write, id)).toEqual([]);
  });
});

test('a product is created with the name that its supplier has by then, and the version which gave it', async () => {
  const { createSupplier, rename, create } = productsOn(db.write);
  const supplier = await createSupplier('Acme');
  await rename(supplier, 'Zenith');
  const [created] = await eventsOf(db.write, await create(supplier));
  expect(created?.data).toMatchObject({ supplier_name: 'Zenith', supplier_version: 2 });
});

test('a view leaves the version of the product alone', async () => {
  const lamp = await newProduct();
  const before = await eventsOf(db.write, lamp);
  await handle([view(lamp), view(lamp)]);
  const product = (await eventsOf(db.write, lamp)).filter(({ stream_type }) => stream_type === 'Product');
  expect(product).toEqual(before);
});

describe('a queued command', () => {
  const refuse = (message: string) => {
    throw new Error(message);
  };
  /** Refuses a count of 13. */
  const picky = () =>
    queuedCommandsHandler<RecordProductView, ProductViews | undefined, ProductViewsEvent>({
      store: productViewsStore(db.write),
      decider: {
        ...productViewsDecider,
        decide: (command, state) =>
          'count' in command.data && command.data.count >= 13
            ? refuse('unlucky')
            : productViewsDecider.decide(command, state),
      },
      target: ({ data }) => data.id,
      merge: mergeViews,
    });

  test('that a rule refuses fails alone', async () => {
    const lamp = await newProduct();
    const bad = { ...view(lamp), data: { id: lamp, count: 13 } };
    const views = [view(lamp), bad, view(lamp)];
    const { applied, failures } = await picky()(views);
    expect(applied).toHaveLength(2);
    expect([...failures.keys()]).toEqual([bad.command_id]);
    expect(total(await countsOf(lamp))).toBe(2);
  });

  test('of another type, or with other data, is malformed', () => {
    const consumer = commandConsumer({ name: 'q', schema: recordProductView, handle });
    const good = JSON.parse(JSON.stringify(view(randomUUID())));
    expect(consumer.parse(good)).toMatchObject({ type: 'RecordProductView' });
    for (const bad of [
      null,
      {},
      { ...good, type: 'UpdateStock' },
      { ...good, data: { id: 'p', count: -1 } },
      { ...good, data: { id: 'p', count: 1, more: true } },
      { ...good, command_id: '' },
      { ...good, sent_at: 'yesterday' },
    ]) {
      expect(() => consumer.parse(bad)).toThrow(expect.objectContaining({ code: 'malformed_message' }));
    }
  });
});
