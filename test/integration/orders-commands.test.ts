import { beforeAll, describe, expect, test } from 'vitest';
import { ensureIndexes, machineWriteIndexes } from '../../lib/core/indexes.ts';
import { orderCommands } from '../../lib/orders/commands.ts';
import { orderStore } from '../../lib/orders/store.ts';
import { context, eventsOf } from '../support/context.ts';
import { useDatabases } from '../support/database.ts';
import { address, createOrder, orderItem } from '../support/orders.ts';

const databases = useDatabases();
const bus = () => orderCommands(databases.write);

beforeAll(() => ensureIndexes(databases.write, machineWriteIndexes));

describe('orders under racing commands', () => {
  test('keep every item, with the exact total, at versions without a gap', async () => {
    const id = await createOrder(databases.write, [orderItem({ price_minor: 10 })]);
    const writers = Array.from({ length: 40 }, (_, index) =>
      bus().send({ type: 'AddOrderItem', data: { id, ...orderItem({ price_minor: index }) } }, context()),
    );
    const versions = (await Promise.all(writers)).map(({ version }) => version);
    expect(versions.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 40 }, (_, index) => index + 2));
    const { state, version } = await orderStore(databases.write).load(id);
    expect({ version, ...state }).toEqual({
      version: 41,
      status: 'created',
      item_count: 41,
      total_minor: 790,
    });
  });

  test('are shipped or cancelled, never both', async () => {
    for (let round = 0; round < 20; round += 1) {
      const id = await createOrder(databases.write);
      const results = await Promise.allSettled([
        bus().send({ type: 'ShipOrder', data: { id } }, context()),
        bus().send({ type: 'CancelOrder', data: { id, reason: 'late' } }, context()),
      ]);
      expect(results.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
      const refused = results.find((result) => result.status === 'rejected');
      expect(refused?.reason).toMatchObject({ code: 'rule_violated' });
    }
  });

  test('are created once for one key, whichever retry comes first', async () => {
    const before = new Set((await eventsOf(databases.write, 'Order')).map((event) => event.stream_id));
    const data = { customer_id: 'c', items: [orderItem()], shipping_address: address() };
    const retries = Array.from({ length: 10 }, () =>
      bus().send({ type: 'CreateOrder', data }, context({ idempotencyKey: 'key-1', requestHash: 'h' })),
    );
    const answers = await Promise.all(retries);
    expect(new Set(answers.map(({ id }) => id)).size).toBe(1);
    expect(answers.filter(({ replayed }) => !replayed)).toHaveLength(1);
    const after = new Set((await eventsOf(databases.write, 'Order')).map((event) => event.stream_id));
    expect(after.size).toBe(before.size + 1);
  });

  test('change only at the version that the caller insists on', async () => {
    const id = await createOrder(databases.write);
    const send = (version: number) =>
      bus().send({ type: 'ShipOrder', data: { id } }, context({ expectedVersions: [version] }));
    await expect(send(2)).rejects.toMatchObject({ code: 'precondition_failed' });
    expect((await send(1)).version).toBe(2);
  });
});
