import { join } from 'node:path';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { type Mongod, startMongod } from '../../lib/local/mongod.ts';
import { create, example, shown } from '../support/example.ts';
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
  const written = await create(http);
  await shown(http, written);
  await reconciled(system);
  await system.read.collection(example.collection).deleteMany({});
  const { projection } = example;
  expect(await system.invoke('rebuild', { projection })).toMatchObject({ missing: 1, done: true });
  await shown(http, written);
  expect((await http.get('/health')).status).toBe(200);
  const names = async (db: System['read']) => (await db.listCollections().toArray()).map(({ name }) => name);
  const [write, read] = await Promise.all([names(system.write), names(system.read)]);
  expect(read).toContain(example.collection);
  expect(write.filter((name) => read.includes(name))).toEqual([]);
});
