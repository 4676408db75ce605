import { join } from 'node:path';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { type Mongod, startMongod } from '../../lib/local/mongod.ts';
import { reconciled } from '../support/reconciled.ts';
import { type System, startSystem } from '../support/system.ts';

let server: Mongod;
let system: System;

beforeAll(async () => {
  server = await startMongod({ dataDir: join(inject('runDir'), 'second') });
  system = await startSystem({ env: { READ_DB_URL: server.url('read_side') } });
});

afterAll(async () => {
  await system?.stop();
  await server?.stop();
});

test('the whole system works with its read database on another server', async () => {
  const { http } = system;
  const item = { product_id: 'p-1', quantity: 1, price: 0.1 };
  const shipping_address = { line1: 'x', city: 'Bonn', country: 'DE' };
  const order = await http.post('/orders', { customer_id: 'c-1', items: [item], shipping_address });
  const id = order.object()['id'];
  expect((await http.get(`/orders/${id}?expected_version=1&timeout_ms=5000`)).object()).toMatchObject({
    version: 1,
  });
  await http.post('/write', { key: 'k', value: 'v' });
  expect((await http.get('/read/k?expected_version=1&timeout_ms=5000')).object()).toMatchObject({
    value: 'v',
  });
  await reconciled(system);
  await system.read.collection('order_views').deleteMany({});
  expect(await system.invoke('rebuild', { projection: 'orders' })).toMatchObject({ missing: 1, done: true });
  expect((await http.get('/health')).status).toBe(200);
  const names = async (db: System['read']) => (await db.listCollections().toArray()).map(({ name }) => name);
  const [write, read] = await Promise.all([names(system.write), names(system.read)]);
  expect(read).toContain('order_views');
  expect(write.filter((name) => read.includes(name))).toEqual([]);
});
