import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { eventRows } from '../../lib/core/stores/event-rows.ts';
import { catalogue } from '../../lib/domains.ts';
import { hushFunctions } from '../support/call.ts';
import { useDatabases } from '../support/database.ts';
import { written } from '../support/example.ts';
import { loadFunctions } from '../support/example-functions.ts';
import { startTcpProxy, type TcpProxy } from '../support/tcp-proxy.ts';

const databases = useDatabases();
const limitMs = 5_000;
let proxy: TcpProxy;

/** The same database through the proxy: a client that discovers the set would go past it. */
const through = (url: string): string => {
  const proxied = new URL(url);
  proxied.port = String(proxy.port);
  proxied.search = 'directConnection=true';
  return proxied.href;
};

const load = async () => {
  vi.stubEnv('WRITE_DB_URL', through(databases.writeUrl));
  vi.stubEnv('READ_DB_URL', through(databases.readUrl));
  hushFunctions();
  const example = await loadFunctions();
  const { closeDatabases } = await import('../../lib/platform/mongo.ts');
  return { ...example, closeDatabases };
};
let functions: Awaited<ReturnType<typeof load>>;

beforeAll(async () => {
  await catalogue.ensureIndexes(databases.write, databases.read);
  proxy = await startTcpProxy(Number(new URL(databases.writeUrl).port));
  functions = await load();
});
afterAll(async () => {
  await functions?.closeDatabases();
  await proxy?.close();
});

test.each([1, 2, 3, 6])(
  'a command takes effect once though the network is cut %i times while it is committed',
  async (times) => {
    const key = randomUUID();
    const before = proxy.cuts;
    const call = await functions.newCall();
    const open = () => functions.send(call, { 'idempotency-key': key });
    proxy.cutAfter('commitTransaction', times);
    let first = await open();
    for (let attempt = 0; first.status === 503 && attempt < 10; attempt += 1) first = await open();
    proxy.cutAfter('', 0);
    expect(proxy.cuts - before).toBeGreaterThan(0);
    expect(first).toMatchObject({ status: 201, body: { version: 1 } });
    const again = await open();
    expect(again).toMatchObject({
      status: 201,
      body: first.body,
      headers: { 'idempotency-replayed': 'true' },
    });
    expect(await eventRows(databases.write).countDocuments({ idempotency_keys: key })).toBe(1);
  },
);

test('the first request after a freeze is answered though every socket is dead, and so is each after it', async () => {
  const { id } = written((await functions.create()).body);
  const read = () => functions.read({ id, version: 0 });
  for (let round = 0; round < 3; round += 1) {
    // Several sockets in the pool, so that one that was replaced does not hide the others.
    await Promise.all(Array.from({ length: 4 }, read));
    proxy.silence();
    const answers = await Promise.all([functions.change(id), read(), read()]);
    for (const { status, ms } of answers) {
      expect([200, 503]).toContain(status);
      expect(ms).toBeLessThan(limitMs);
    }
    const then = await functions.create();
    expect(then.status).toBe(201);
  }
});
