import { type Db, MongoClient } from 'mongodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createLease } from '../../lib/core/lease.ts';
import { rebuild } from '../../lib/core/repair/rebuild.ts';
import { catalogue } from '../../lib/domains.ts';
import { ordersProjector } from '../../lib/orders/projections.ts';
import { orderQueries } from '../../lib/orders/queries.ts';
import { settingsFrom } from '../../lib/platform/settings.ts';
import { recordCommands } from '../../lib/records/commands.ts';
import { recordsProjector } from '../../lib/records/projections.ts';
import { findRecord } from '../../lib/records/queries.ts';
import { findTickets } from '../../lib/tickets/queries.ts';
import { type AuthMongod, startAuthMongod } from '../support/auth-mongod.ts';
import { useDatabases } from '../support/database.ts';
import { openSubscriber } from '../support/open.ts';
import { context, createOrder, eventsOf, queryContext } from '../support/orders.ts';

// The write database is on the run's mongod, the read database on another server that asks for passwords.
const databases = useDatabases();
let server: AuthMongod;
let clients: MongoClient[] = [];
let projectors: Db;
let queries: Db;
let orderId = '';

beforeAll(async () => {
  server = await startAuthMongod();
  clients = await Promise.all([
    MongoClient.connect(await server.urlFor('readWrite', 'read_side')),
    MongoClient.connect(await server.urlFor('read', 'read_side')),
  ]);
  [projectors, queries] = clients.map((client) => client.db()) as [Db, Db];
  await catalogue.ensureIndexes(databases.write, projectors);
  await createLease(databases.write, 'relay', 'test', 1_000).acquire();
  orderId = await createOrder(databases.write);
  await recordCommands(databases.write).send(
    { type: 'WriteRecord', data: { key: 'k', value: 'v' } },
    context(),
  );
  await openSubscriber(ordersProjector, databases.write, projectors).apply(
    await eventsOf(databases.write, 'Order'),
  );
  await openSubscriber(recordsProjector, databases.write, projectors).apply(
    await eventsOf(databases.write, 'Record'),
  );
});

afterAll(async () => {
  await Promise.all(clients.map((client) => client.close()));
  await server.stop();
});

describe('a write database and a read database on two servers', () => {
  it('share no collection, a rebuild of everything included', async () => {
    const ground = { writeDb: databases.write, readDb: projectors, settings: settingsFrom({}) };
    for (const model of catalogue.openReadModels(ground)) {
      expect((await rebuild(model, { db: projectors, timeLeftMs: () => 60_000 })).done).toBe(true);
    }
    const names = async (db: Db) => (await db.listCollections().toArray()).map(({ name }) => name);
    const [write, read] = await Promise.all([names(databases.write), names(projectors)]);
    expect(write).toEqual(expect.arrayContaining(['events', 'commands', 'records']));
    expect(read).toEqual(expect.arrayContaining(['order_views', 'record_views']));
    expect(write.filter((name) => read.includes(name))).toEqual([]);
  });
});

describe('queries as a user who may only read', () => {
  it('are answered', async () => {
    const order = await orderQueries(queries).send(
      { type: 'GetOrderById', data: { id: orderId } },
      queryContext,
    );
    expect(order).toMatchObject({ order_id: orderId, version: 1, total_amount: 19.99 });
    expect(await findRecord(queries, { key: 'k' })).toMatchObject({ value: 'v', version: 1 });
    expect((await findTickets(queries, { limit: 20, skip: 0 })).tickets).toEqual([]);
  });

  it('cannot write, into no collection', async () => {
    const refused = { codeName: 'Unauthorized' };
    const views = queries.collection<{ _id: string }>('order_views');
    await expect(views.updateOne({ _id: orderId }, { $set: { version: 9 } })).rejects.toMatchObject(refused);
    await expect(views.deleteMany({})).rejects.toMatchObject(refused);
    await expect(queries.collection('anything').insertOne({})).rejects.toMatchObject(refused);
  });
});
