// Work that takes longer than its lease. Source: lib/core/lease.ts, and its renewal in relay.ts and rebuild.ts.
import { randomUUID } from 'node:crypto';
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import {
  createLease,
  type LeaseDocument,
  leasesCollection,
  rebuildLeasesCollection,
} from '../../lib/core/lease.ts';
import type { ReadModel, Segment } from '../../lib/core/projection/projection.ts';
import { runRelay } from '../../lib/core/relay/relay.ts';
import { rebuild, rebuildName } from '../../lib/core/repair/rebuild.ts';
import { catalogue } from '../../lib/domains.ts';
import { useDatabases } from '../support/database.ts';
import { domains } from '../support/domains.ts';
import { expectWhole, play, sampleScenario, settle } from '../support/scenario.ts';
import { waitFor } from '../support/wait-for.ts';
import { clear, createWorld, leasesPass } from '../support/world.ts';

const databases = useDatabases();
const [domain] = domains;
if (domain === undefined) throw new Error('no domain');
const open = () => createWorld(domain, databases.write, databases.read);

beforeAll(() => catalogue.ensureIndexes(databases.write, databases.read));
beforeEach(() => clear(open()));

describe('a lease', () => {
  const name = 'one';
  const leaseOf = (owner: string, leaseMs = 60_000) => createLease(databases.write, name, owner, leaseMs);
  const stored = () => databases.write.collection<LeaseDocument>(leasesCollection).findOne({ _id: name });

  test('is held by one at a time, renewed by its holder, and free once it is let go or over', async () => {
    const [one, other] = [leaseOf('one'), leaseOf('other')];
    expect([await one.acquire(), await other.acquire()]).toEqual([true, false]);
    const before = await stored();
    expect(await one.acquire()).toBe(true);
    const after = await stored();
    expect(Number(after?.expires_at)).toBeGreaterThanOrEqual(Number(before?.expires_at));
    await other.release();
    expect(await other.acquire()).toBe(false);
    await one.release();
    expect([await other.acquire(), await one.acquire()]).toEqual([true, false]);
    await leasesPass(databases.write);
    expect([await one.acquire(), await other.acquire()]).toEqual([true, false]);
  });

  test('is given to one of many that ask at once, when there has been none', async () => {
    const asked = await Promise.all(Array.from({ length: 20 }, (_, n) => leaseOf(`o-${n}`).acquire()));
    expect(asked.filter(Boolean)).toHaveLength(1);
  });

  test('ends by the clock of the database, after its time', async () => {
    await leaseOf('one', 30_000).acquire();
    const { localTime } = await databases.write.command({ hello: 1 });
    const leftMs = Number((await stored())?.expires_at) - Number(localTime);
    expect(leftMs).toBeGreaterThan(0);
    expect(leftMs).toBeLessThanOrEqual(30_000);
  });
});

test('a relay that works for longer than its lease renews it, so that the standby gets nothing to do', async () => {
  const world = open();
  const leases = databases.write.collection<LeaseDocument>(leasesCollection);
  const leaseMs = 3_000;
  const [owner, standby] = [randomUUID(), randomUUID()];
  const lease = () => leases.findOne({ _id: 'relay' });
  const sentBy = new Set<string>();
  let done = false;
  const start = (own: string) =>
    runRelay({
      db: databases.write,
      owner: own,
      publisher: {
        async send(subscription, messages) {
          sentBy.add(own);
          return world.queue.publisher.send(subscription, messages);
        },
      },
      subscriptionsOf: () => ['projector'],
      maxAttempts: 5,
      batchSize: 1,
      pollMs: 5,
      leaseMs,
      timeLeftMs: () => (done ? 0 : 40_000),
      onBatch: () => undefined,
    });
  const relays = [start(owner)];
  const first = Number((await waitFor('the relay to hold the lease', lease)).expires_at);
  relays.push(start(standby));
  const { creates } = sampleScenario(domain, 1, [1, 0]);
  await waitFor(
    'the work to be longer than the lease',
    async () => {
      await play(world, { creates, changes: [] });
      return Number((await lease())?.expires_at) > first + leaseMs;
    },
    { timeoutMs: 30_000 },
  );
  const holder = (await lease())?.owner;
  done = true;
  await Promise.all(relays);
  expect([holder, [...sentBy]]).toEqual([owner, [owner]]);
  await settle(world);
  await expectWhole(world);
});

test('a relay whose queue takes longer than its lease to answer keeps it, so that nothing is sent twice', async () => {
  const world = open();
  const leaseMs = 600;
  const sent: string[] = [];
  const answer = Promise.withResolvers<void>();
  let done = false;
  const start = () =>
    runRelay({
      db: databases.write,
      owner: randomUUID(),
      publisher: {
        async send(subscription, messages) {
          sent.push(...messages.map(({ id }) => id));
          await answer.promise;
          return world.queue.publisher.send(subscription, messages);
        },
      },
      subscriptionsOf: () => ['projector'],
      maxAttempts: 5,
      batchSize: 2,
      pollMs: 5,
      leaseMs,
      timeLeftMs: () => (done ? 0 : 40_000),
      onBatch: () => undefined,
    });
  await play(world, sampleScenario(domain, 1, [3, 0]));
  const relays = [start(), start()];
  const lease = () => databases.write.collection<LeaseDocument>(leasesCollection).findOne({ _id: 'relay' });
  const began = await waitFor('the relay to send', async () => (sent.length > 0 ? lease() : null));
  await waitFor(
    'the lease to have been renewed for longer than it lasts',
    async () => Number((await lease())?.expires_at) > Number(began.expires_at) + 2 * leaseMs,
  );
  expect((await lease())?.owner).toBe(began.owner);
  answer.resolve();
  await waitFor('all to be published', async () => world.queue.messages.length === new Set(sent).size);
  done = true;
  await Promise.all(relays);
  expect(sent).toHaveLength(new Set(sent).size);
  await settle(world);
  await expectWhole(world);
});

describe('a rebuild', () => {
  const given = async (): Promise<ReadModel> => {
    const world = open();
    await play(world, sampleScenario(domain, 1, [6, 0]));
    await settle(world);
    const [model] = domain.readModels(databases.write, databases.read);
    if (model === undefined) throw new Error('no read model');
    return model;
  };
  const leases = () => databases.read.collection<LeaseDocument>(rebuildLeasesCollection);
  /** The model, with something that happens before each of its aggregates is read. */
  const during = (model: ReadModel, happens: () => Promise<void>): ReadModel => ({
    ...model,
    source: {
      ...model.source,
      async *scan(segment: Segment) {
        for await (const one of model.source.scan(segment)) {
          await happens();
          yield one;
        }
      },
    },
  });
  const options = () => ({ db: databases.read, batchSize: 1, segments: 1, timeLeftMs: () => 60_000 });

  test('renews its lease after each batch', async () => {
    const model = await given();
    const _id = rebuildName(model.projection.name);
    let last: number | undefined;
    const renewed: boolean[] = [];
    const answer = await rebuild(
      during(model, async () => {
        // As if half of the lease's time had passed since.
        const lease = await leases().findOne({ _id });
        if (last !== undefined) renewed.push(Number(lease?.expires_at) > last);
        last = Number(lease?.expires_at) - 2_500;
        await leases().updateOne({ _id }, { $set: { expires_at: new Date(last) } });
      }),
      options(),
    );
    expect([answer.done, renewed]).toEqual([true, [true, true, true, true, true]]);
  });

  test('that has lost its lease to another one writes no further batch', async () => {
    const model = await given();
    const _id = rebuildName(model.projection.name);
    await model.collection.deleteMany({});
    let read = 0;
    const robbed = during(model, async () => {
      read += 1;
      if (read === 2)
        await leases().updateOne(
          { _id },
          { $set: { owner: 'another', expires_at: new Date(Date.now() + 60_000) } },
        );
    });
    await expect(rebuild(robbed, options())).rejects.toMatchObject({ code: 'lease_held' });
    expect(await model.collection.countDocuments()).toBe(2);
    expect((await leases().findOne({ _id }))?.owner).toBe('another');
  });
});
