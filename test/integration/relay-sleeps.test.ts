import { beforeAll, beforeEach, expect, test } from 'vitest';
import { leasesCollection } from '../../lib/core/lease.ts';
import { createRelays, sleepyRelay, useSleepyWorld } from '../support/asleep.ts';
import { instrument } from '../support/instrument.ts';
import { runSeed } from '../support/random.ts';
import { waitFor } from '../support/wait-for.ts';
import { clear, type World } from '../support/world.ts';

const seed = runSeed('relay sleeps');
const { world: theWorld, commit, pending } = useSleepyWorld(seed);
let world: World;

beforeAll(() => {
  world = theWorld();
});
beforeEach(() => clear(world));

test('a relay that nobody called ends at once when nothing is pending', async () => {
  await sleepyRelay(world);
  const started = performance.now();
  expect(await sleepyRelay(world, { idleMs: 60_000 })).toBe(0);
  expect(performance.now() - started).toBeLessThan(5_000);
});

test('one relay is awake under steady load, and whoever starts another one in vain sees it end', async () => {
  const relays = createRelays(world, () => ({ leaseMs: 5_000, idleMs: 2_000 }), 5_000);
  const wake = relays.waker();
  for (let round = 0; round < 100; round += 1) {
    await commit();
    await wake();
  }
  expect(await sleepyRelay(world)).toBe(0);
  await relays.ended();
  expect(relays.started).toBe(1);
  expect(await pending()).toBe(0);
});

test('commands of many containers that find no relay awake start one, not many', async () => {
  await sleepyRelay(world);
  const relays = createRelays(world, () => ({ idleMs: 2_000 }), 1_000);
  await Promise.all(
    Array.from({ length: 20 }, async () => {
      await commit();
      await relays.waker()();
    }),
  );
  await relays.ended();
  expect(relays.started).toBe(1);
  expect(await pending()).toBe(0);
});

test('a command asks nothing of the database while it knows that a relay is awake', async () => {
  await sleepyRelay(world);
  let calls = 0;
  const counted = instrument(async (call) => {
    calls += 1;
    return call();
  });
  const relays = createRelays(world, () => ({ leaseMs: 3_000, idleMs: 200 }), 3_000);
  const wake = relays.waker(counted.db(world.write));
  await wake();
  const before = calls;
  for (let round = 0; round < 10; round += 1) await wake();
  expect(calls).toBe(before);
  await relays.ended();
});

test('the first command after a relay was killed and its lease has run out starts another', async () => {
  const relays = createRelays(world);
  await world.write
    .collection<{ _id: string }>(leasesCollection)
    .replaceOne({ _id: 'relay' }, { owner: 'killed', expires_at: new Date(0) }, { upsert: true });
  await commit();
  await relays.waker()();
  await relays.ended();
  expect(relays.started).toBe(1);
  expect(await pending()).toBe(0);
});

test('a relay whose time is up starts the next when something is left', async () => {
  let called = 0;
  await commit();
  const deadline = performance.now() + 300;
  await sleepyRelay(world, {
    idleMs: 60_000,
    publisher: { send: async (_, messages) => ({ refused: new Map(messages.map(({ id }) => [id, 'no'])) }) },
    timeLeftMs: () => deadline - performance.now(),
    callNext: async () => {
      called += 1;
    },
  });
  expect(called).toBe(1);
});

test('a relay in which something fails that is no outage ends with that error, and the next one goes on', async () => {
  await commit();
  let sent = 0;
  const failsOnce: World['queue']['publisher'] = {
    send: async (name, messages) => {
      sent += 1;
      if (sent === 1) throw new TypeError('a fault in the code');
      return world.queue.publisher.send(name, messages);
    },
  };
  await expect(sleepyRelay(world, { publisher: failsOnce })).rejects.toThrow('a fault in the code');
  expect(sent).toBe(1);
  expect(await sleepyRelay(world, { publisher: failsOnce })).toBe(1);
  expect(await pending()).toBe(0);
});

test('a relay says that it holds the lease; one that never got it neither does nor calls the next one', async () => {
  const said: string[] = [];
  const telling = (ms: number) => {
    const deadline = performance.now() + ms;
    return {
      onLease: () => void said.push('held'),
      callNext: async () => void said.push('called'),
      timeLeftMs: () => deadline - performance.now(),
    };
  };
  await sleepyRelay(world, telling(20_000));
  expect(said).toEqual(['held']);
  await commit();
  const expires_at = new Date(Date.now() + 60_000);
  await world.write
    .collection<{ _id: string }>(leasesCollection)
    .replaceOne({ _id: 'relay' }, { owner: 'another', expires_at });
  expect(await sleepyRelay(world, telling(50))).toBe(0);
  expect([said, await pending()]).toEqual([['held'], 1]);
});

test('a command asks again after a while, though the relay has promised more: that one may have died', async () => {
  const { localTime } = await world.write.command({ hello: 1 });
  const later = new Date(localTime.getTime() + 3_600_000);
  await world.write
    .collection<{ _id: string }>(leasesCollection)
    .replaceOne({ _id: 'relay' }, { owner: 'one', expires_at: later, awake_until: later }, { upsert: true });
  let calls = 0;
  const counted = instrument(async (call) => {
    calls += 1;
    return call();
  });
  const relays = createRelays(world, () => ({}), 200);
  const wake = relays.waker(counted.db(world.write));
  await wake();
  await wake();
  expect(calls).toBe(1);
  await waitFor('it to ask again', async () => {
    await wake();
    return calls === 2;
  });
  expect(relays.started).toBe(0);
});

test('the first command of all starts a relay, though there has never been a lease', async () => {
  const relays = createRelays(world);
  await commit();
  await relays.waker()();
  await relays.ended();
  expect([relays.started, await pending()]).toEqual([1, 0]);
});
