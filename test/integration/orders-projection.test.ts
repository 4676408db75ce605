import * as fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { ensureIndexes, machineWriteIndexes } from '../../lib/core/indexes.ts';
import { rebuild } from '../../lib/core/repair/rebuild.ts';
import { orderCommands } from '../../lib/orders/commands.ts';
import { orders } from '../../lib/orders/domain.ts';
import { orderDocuments, ordersProjector } from '../../lib/orders/projections.ts';
import { context, eventsOf } from '../support/context.ts';
import { useDatabases } from '../support/database.ts';
import { openModels, openSubscriber } from '../support/open.ts';
import { createOrder, orderItem } from '../support/orders.ts';

const databases = useDatabases();
const whole = { timeLeftMs: () => 60_000 };

const documents = () => orderDocuments(databases.read).find().sort({ _id: 1 }).toArray();

const rebuildAll = async () => {
  for (const model of openModels(orders, databases.write, databases.read)) {
    await rebuild(model, { db: databases.read, ...whole });
  }
};

beforeAll(async () => {
  await ensureIndexes(databases.write, machineWriteIndexes);
  const bus = orderCommands(databases.write);
  for (const outcome of ['open', 'shipped', 'cancelled']) {
    const id = await createOrder(databases.write, [
      orderItem(),
      orderItem({ product_id: 'p-2', quantity: 3 }),
    ]);
    for (const price_minor of [1, 22, 333]) {
      const item = orderItem({ product_id: `p-${price_minor}`, price_minor });
      await bus.send({ type: 'AddOrderItem', data: { id, ...item } }, context());
    }
    if (outcome === 'shipped') await bus.send({ type: 'ShipOrder', data: { id } }, context());
    if (outcome === 'cancelled')
      await bus.send({ type: 'CancelOrder', data: { id, reason: 'x' } }, context());
  }
});

describe('the read model of orders', () => {
  test('is the same after any order of events, any duplicates and any batches as after a rebuild', async () => {
    await rebuildAll();
    const expected = await documents();
    expect(expected).toHaveLength(3);
    const events = await eventsOf(databases.write, 'Order');
    const deliveries = fc
      .tuple(
        fc.shuffledSubarray(events, { minLength: events.length }),
        fc.array(fc.constantFrom(...events), { maxLength: 8 }),
      )
      .chain(([all, again]) =>
        fc.shuffledSubarray([...all, ...again], { minLength: all.length + again.length }),
      );
    await fc.assert(
      fc.asyncProperty(deliveries, fc.integer({ min: 1, max: 6 }), async (delivered, batch) => {
        await orderDocuments(databases.read).deleteMany({});
        const projector = openSubscriber(ordersProjector, databases.write, databases.read);
        for (let at = 0; at < delivered.length; at += batch) {
          const unique = new Map(delivered.slice(at, at + batch).map((event) => [event.event_id, event]));
          const { failures } = await projector.apply([...unique.values()]);
          expect(failures.size).toBe(0);
        }
        expect(await documents()).toEqual(expected);
      }),
      { numRuns: 40 },
    );
  });

  test('is put right by a rebuild if documents were altered, removed and added', async () => {
    await rebuildAll();
    const expected = await documents();
    const [altered, removed] = expected.map((document) => document._id);
    const orders = orderDocuments(databases.read);
    await orders.updateOne({ _id: altered ?? '' }, { $set: { total_minor: 1, words: [] } });
    await orders.deleteOne({ _id: removed ?? '' });
    for (const document of expected.slice(2)) await orders.insertOne({ ...document, _id: 'nobody' });
    await rebuildAll();
    expect(await documents()).toEqual(expected);
  });
});
