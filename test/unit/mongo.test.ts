// What every function asks of its databases. Source: lib/platform/mongo.ts.
import { afterAll, beforeAll, expect, test, vi } from 'vitest';

const urls = {
  WRITE_DB_URL: 'mongodb://127.0.0.1:9/to_write?replicaSet=rs0',
  READ_DB_URL: 'mongodb://127.0.0.1:9/to_read?replicaSet=rs0',
};

const load = () => import('../../lib/platform/mongo.ts');

beforeAll(() => {
  for (const [name, value] of Object.entries({ ...urls, DB_POOL_MIN_SIZE: '2', DB_POOL_MAX_SIZE: '7' }))
    vi.stubEnv(name, value);
});
afterAll(async () => (await load()).closeDatabases());

test('what is written is acknowledged by a majority, on disk, and only what a majority has is read', async () => {
  const { readDb, writeDb } = await load();
  for (const { client } of [writeDb(), readDb()]) {
    expect(client.options.writeConcern).toMatchObject({ w: 'majority', journal: true });
    expect(client.options.readConcern?.level).toBe('majority');
  }
});

test('each database has one client, with as many connections as its settings say', async () => {
  const { readDb, writeDb } = await load();
  expect([writeDb().databaseName, readDb().databaseName]).toEqual(['to_write', 'to_read']);
  expect(writeDb().client).toBe(writeDb().client);
  expect(writeDb().client).not.toBe(readDb().client);
  expect(writeDb().client.options).toMatchObject({ minPoolSize: 2, maxPoolSize: 7 });
});

test('subscribers are made on both databases, each in its place', async () => {
  const { resources } = await import('../../lib/platform/resources.ts');
  expect([resources.writeDb.databaseName, resources.readDb.databaseName]).toEqual(['to_write', 'to_read']);
});

test('whoever looks for a server in vain knows it well before five seconds are over', async () => {
  const { serverSelectionTimeoutMS, connectTimeoutMS, waitQueueTimeoutMS, heartbeatFrequencyMS } = (
    await load()
  ).writeDb().client.options;
  // Twice, since the driver tries a read or a write again by itself.
  expect(2 * serverSelectionTimeoutMS).toBeLessThan(4_000);
  expect(heartbeatFrequencyMS + connectTimeoutMS + serverSelectionTimeoutMS).toBeLessThan(4_000);
  expect(waitQueueTimeoutMS).toBeLessThan(4_000);
  // 0 is for ever.
  for (const ms of [serverSelectionTimeoutMS, connectTimeoutMS, waitQueueTimeoutMS])
    expect(ms).toBeGreaterThan(0);
});

test('a socket that slept too long is replaced, and one that says nothing is given up', async () => {
  const { maxIdleTimeMS, socketTimeoutMS } = (await load()).writeDb().client.options;
  // A container is frozen after its answer; a network forgets a connection after some minutes.
  expect(maxIdleTimeMS).toBeGreaterThan(0);
  expect(maxIdleTimeMS).toBeLessThanOrEqual(120_000);
  expect(socketTimeoutMS).toBeGreaterThan(5_000);
  expect(socketTimeoutMS).toBeLessThan(30_000);
});

test('a client whose server was away is opened again, until it is closed on purpose', async () => {
  vi.useFakeTimers();
  const { closeDatabases, writeDb } = await load();
  const { client } = writeDb();
  const connect = vi.spyOn(client, 'connect').mockRejectedValue(new Error('away'));
  const close = async (): Promise<void> => {
    client.emit('topologyClosed', {} as never);
    await vi.advanceTimersByTimeAsync(1_000);
  };
  await close();
  await close();
  expect(connect).toHaveBeenCalledTimes(2);
  await closeDatabases();
  await close();
  expect(connect).toHaveBeenCalledTimes(2);
  vi.useRealTimers();
});

test('a client that was closed is not given again', async () => {
  const { closeDatabases, writeDb } = await load();
  const { client } = writeDb();
  await closeDatabases();
  expect(writeDb().client).not.toBe(client);
});
