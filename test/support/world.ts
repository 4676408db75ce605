// One domain on two databases, with the real relay and projector around a queue in memory.
import { randomUUID } from 'node:crypto';
import type { Db, Document } from 'mongodb';
import { leasesCollection, rebuildLeasesCollection } from '../../lib/core/lease.ts';
import { type RelayOptions, runRelay } from '../../lib/core/relay/relay.ts';
import { reconcile } from '../../lib/core/repair/reconcile.ts';
import { eventRows } from '../../lib/core/stores/event-rows.ts';
import { catalogue } from '../../lib/domains.ts';
import type { TestDomain } from './domains.ts';
import { createFakeQueue, type FakeQueue } from './fake-queue.ts';

export interface World {
  domain: TestDomain;
  write: Db;
  read: Db;
  queue: FakeQueue;
}

export const createWorld = (domain: TestDomain, write: Db, read: Db, random?: () => number): World => ({
  domain,
  write,
  read,
  queue: createFakeQueue(random),
});

const collectionsOf = async (db: Db): Promise<string[]> =>
  (await db.listCollections({ type: 'collection' }, { nameOnly: true }).toArray()).map(({ name }) => name);

/** Those of the collections that hold something, in one call. */
const filled = async (db: Db): Promise<string[]> => {
  const look = (name: string) => [{ $limit: 1 }, { $project: { _id: false, name: { $literal: name } } }];
  const [first = '', ...others] = await collectionsOf(db);
  const unions = others.map((coll) => ({ $unionWith: { coll, pipeline: look(coll) } }));
  const found = await db
    .collection(first)
    .aggregate([...look(first), ...unions])
    .toArray();
  return found.map(({ name }) => name);
};

const empty = async (db: Db): Promise<void> => {
  const names = await filled(db);
  await Promise.all(names.map((name) => db.collection(name).deleteMany({}, { writeConcern: { w: 1 } })));
};

/** Empties both databases; the indexes stay. The next write makes it certain. */
export const clear = async ({ write, read, queue }: World, databases = [write, read]): Promise<void> => {
  queue.clear();
  await Promise.all(databases.map(empty));
};

/** Keeps all that is on the queue and in those of the databases that may change; gives what brings it back. */
export const keep = async (
  world: World,
  databases = [world.write, world.read],
): Promise<() => Promise<void>> => {
  const kept: { db: Db; name: string; documents: Document[] }[] = [];
  for (const db of databases) {
    for (const name of await filled(db)) {
      kept.push({ db, name, documents: await db.collection(name).find().toArray() });
    }
  }
  const messages = world.queue.messages.map(({ id, body }) => ({ id, body }));
  return async () => {
    await clear(world, databases);
    await Promise.all(kept.map(({ db, name, documents }) => db.collection(name).insertMany(documents)));
    await world.queue.publisher.send('', messages);
  };
};

export const newContext = () => ({ commandId: randomUUID(), correlationId: 'survival' });

/** Relays until each pending event was published, or refused once. */
export const relay = async (
  { domain, write, read, queue }: World,
  options: Partial<RelayOptions> = {},
): Promise<void> => {
  const { name } = domain.subscriber(write, read);
  const { hears } = catalogue.subscriber(name);
  const deadline = performance.now() + 20_000;
  let left = await eventRows(write).countDocuments({ pending: true });
  if (left === 0) return;
  await runRelay({
    db: write,
    publisher: queue.publisher,
    subscriptionsOf: (type) => (hears.includes(type) ? [name] : []),
    maxAttempts: 5,
    owner: randomUUID(),
    batchSize: 100,
    pollMs: 5,
    leaseMs: 1_000,
    timeLeftMs: () => (left > 0 ? deadline - performance.now() : 0),
    onBatch: ({ published, refused }) => {
      left -= published + refused;
    },
    ...options,
  });
};

/** Delivers all that is on the queue. */
export const project = ({ domain, write, read, queue }: World): Promise<void> =>
  queue.drain(domain.subscriber(write, read));

export const runReconcile = ({ domain, write, read }: World) => {
  const subscriber = domain.subscriber(write, read);
  return reconcile({
    writeDb: write,
    readDb: read,
    subscribers: [{ subscriber, hears: catalogue.subscriber(subscriber.name).hears }],
    graceMs: -1_000,
    timeLeftMs: () => 60_000,
    onFailed: async () => undefined,
  });
};

/** As if the time of every lease had passed: the dead are not waited for. */
export const leasesPass = async (...dbs: Db[]): Promise<void> => {
  for (const db of dbs)
    for (const collection of [leasesCollection, rebuildLeasesCollection])
      await db.collection(collection).updateMany({}, { $set: { expires_at: new Date(0) } });
};

/** As if the pause before the next attempt had passed. */
export const pausesPass = async ({ write }: World): Promise<void> => {
  await eventRows(write).updateMany(
    { next_attempt_at: { $exists: true } },
    { $set: { next_attempt_at: new Date(0) } },
  );
};
