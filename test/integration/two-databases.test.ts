import { type Db, MongoClient } from 'mongodb';
import { afterAll, beforeAll, describe, expect, inject, test, vi } from 'vitest';
import { createLease } from '../../lib/core/lease.ts';
import { rebuild } from '../../lib/core/repair/rebuild.ts';
import { catalogue } from '../../lib/domains.ts';
import { settingsFrom } from '../../lib/platform/settings.ts';
import { type AuthMongod, startAuthMongod } from '../support/auth-mongod.ts';
import { callFunction, hushFunctions } from '../support/call.ts';
import { useDatabases } from '../support/database.ts';
import { domains } from '../support/domains.ts';
import { entries } from '../support/entries.ts';
import { oneWish, settle } from '../support/scenario.ts';
import { createWorld, newContext } from '../support/world.ts';

// The write database is on the run's mongod, the read database on another server that asks for passwords.
const databases = useDatabases();
const ids = new Map<string, string>();
let server: AuthMongod;
let clients: MongoClient[] = [];
let readerUrl = '';
let projectors: Db;
let queries: Db;

beforeAll(async () => {
  server = await startAuthMongod();
  readerUrl = await server.urlFor('read', 'read_side');
  const urls = [await server.urlFor('readWrite', 'read_side'), readerUrl];
  clients = await Promise.all(urls.map((url) => MongoClient.connect(url)));
  [projectors, queries] = clients.map((client) => client.db()) as [Db, Db];
  await catalogue.ensureIndexes(databases.write, projectors);
  await createLease(databases.write, 'relay', 'test', 1_000).acquire();
  for (const domain of domains) {
    const send = domain.commands(databases.write);
    ids.set(domain.name, (await send(oneWish(domain.create), undefined, newContext())).id);
    await settle(createWorld(domain, databases.write, projectors));
  }
});

afterAll(async () => {
  await Promise.all(clients.map((client) => client.close()));
  await server.stop();
});

describe('a write database and a read database on two servers', () => {
  test('share no collection, a rebuild of everything included', async () => {
    const ground = { writeDb: databases.write, readDb: projectors, settings: settingsFrom({}) };
    for (const model of catalogue.openReadModels(ground)) {
      expect((await rebuild(model, { db: projectors, timeLeftMs: () => 60_000 })).done).toBe(true);
    }
    const names = async (db: Db) => (await db.listCollections().toArray()).map(({ name }) => name);
    const [write, read] = await Promise.all([names(databases.write), names(projectors)]);
    expect(write).toContain('events');
    for (const { readModels } of catalogue.all) expect(read).toContain(readModels[0]?.collection);
    expect(write.filter((name) => read.includes(name))).toEqual([]);
  });
});

describe('queries as a user who may only read', () => {
  test.each(entries)('of $domain.name are answered', async ({ domain: { name }, http }) => {
    vi.stubEnv('WRITE_DB_URL', databases.writeUrl);
    vi.stubEnv('READ_DB_URL', readerUrl);
    vi.stubEnv('SQS_ENDPOINT', inject('sqsEndpoint'));
    hushFunctions();
    vi.resetModules();
    const path = http.readAt(ids.get(name) ?? '', 1);
    const functions = await import(new URL(`../../functions/${name}/queries.ts`, import.meta.url).href);
    const answer = await callFunction(functions, { method: 'GET', path, body: undefined });
    const { closeDatabases } = await import('../../lib/platform/mongo.ts');
    await closeDatabases();
    expect([answer.status, answer.headers['warning']]).toEqual([200, undefined]);
  });

  test.each(domains)('cannot write, not into the documents of $name', async (domain) => {
    const refused = { codeName: 'Unauthorized' };
    for (const { collection } of domain.readModels(databases.write, queries)) {
      const _id = ids.get(domain.name) ?? '';
      await expect(collection.updateOne({ _id }, { $set: { version: 9 } })).rejects.toMatchObject(refused);
      await expect(collection.deleteMany({})).rejects.toMatchObject(refused);
    }
    await expect(queries.collection('anything').insertOne({})).rejects.toMatchObject(refused);
  });
});
