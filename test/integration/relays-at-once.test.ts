import { randomUUID } from 'node:crypto';
import { beforeAll, expect, test } from 'vitest';
import { leasesCollection } from '../../lib/core/lease.ts';
import type { Publisher } from '../../lib/core/relay/publish.ts';
import { type RelayOptions, runRelay } from '../../lib/core/relay/relay.ts';
import { catalogue } from '../../lib/domains.ts';
import { useDatabases } from '../support/database.ts';
import { domains } from '../support/domains.ts';
import { createFaultPoints, untilCrash } from '../support/fault-points.ts';
import { expectRelayed } from '../support/invariants.ts';
import { createPauses } from '../support/pauses.ts';
import { runSeed, seededRandom } from '../support/random.ts';
import { allRows } from '../support/replay.ts';
import { expectWhole, play, sampleScenario, settle } from '../support/scenario.ts';
import { atEachCall, passes } from '../support/single-calls.ts';
import { waitFor } from '../support/wait-for.ts';
import { clear, createWorld, keep, leasesPass, project } from '../support/world.ts';

const databases = useDatabases();
const seed = runSeed('relays at once');
const rounds = 25;

beforeAll(() => catalogue.ensureIndexes(databases.write, databases.read));

/** Counts the sends that begin while another relay has one under way: that is the race. */
const createRaceCounter = () => {
  const underWay: string[] = [];
  const counter = {
    races: 0,
    of: (owner: string, publisher: Publisher): Publisher => ({
      async send(subscription, messages) {
        if (underWay.some((other) => other !== owner)) counter.races += 1;
        underWay.push(owner);
        try {
          return await publisher.send(subscription, messages);
        } finally {
          underWay.splice(underWay.indexOf(owner), 1);
        }
      },
    }),
  };
  return counter;
};

test(`nothing is skipped and nothing is listed twice while three relays take the lease from each other: ${rounds} rounds`, {
  timeout: 120_000,
}, async () => {
  const counter = createRaceCounter();
  for (let round = 0; round < rounds; round += 1) {
    const random = seededRandom(seed + round);
    const [domain] = domains.slice(round % domains.length);
    if (domain === undefined) throw new Error('no domain');
    const world = createWorld(domain, databases.write, databases.read, random);
    const { write, queue } = world;
    await clear(world);
    let stop = false;
    const runs = Array.from({ length: 3 }, async () => {
      const pauses = createPauses(random, { chance: 0.15, mostMs: 90 });
      // A lease of a few milliseconds is lost at almost every pause.
      const options = { owner: randomUUID(), batchSize: 2, pollMs: 5, leaseMs: 30, maxAttempts: 5 };
      await runRelay({
        ...options,
        db: pauses.db(write),
        publisher: counter.of(options.owner, pauses.port(queue.publisher)),
        subscriptionsOf: () => ['projector'],
        timeLeftMs: () => (stop ? 0 : 1_000),
        onBatch: () => undefined,
      });
    });
    await play(world, sampleScenario(domain, seed + round, [5, 15]));
    await waitFor('nothing to be pending', async () =>
      (await allRows(write)).every(({ pending }) => pending === undefined),
    );
    stop = true;
    await Promise.all(runs);
    await expectRelayed(write);
    await project(world);
    await expectWhole(world);
  }
  console.info(`relays at once: ${counter.races} sends while another relay had one under way`);
  expect(counter.races, 'races that were seen').toBeGreaterThan(rounds / 5);
});

/** Where the others come and die is drawn: what was seen too seldom is tried again. */
const mostRounds = 4;

test('nothing is skipped and nothing is listed twice when another relay comes at any call of one, and dies at any of its own', {
  timeout: 120_000,
}, async () => {
  const random = seededRandom(seed);
  const [domain] = domains;
  if (domain === undefined) throw new Error('no domain');
  const world = createWorld(domain, databases.write, databases.read, random);
  const { write, queue } = world;
  await clear(world);
  await play(world, sampleScenario(domain, seed, [2, 4]));
  const restore = await keep(world);
  const listed = () => write.collection('positions').countDocuments();
  const options = (): Omit<RelayOptions, 'db' | 'publisher'> => ({
    owner: randomUUID(),
    subscriptionsOf: () => ['projector'],
    batchSize: 2,
    pollMs: 5,
    leaseMs: 1_000,
    idleMs: 5,
    maxAttempts: 5,
    timeLeftMs: () => 20_000,
    onBatch: () => undefined,
  });
  const seen = { calls: 0, deaths: 0, races: 0 };
  const other = async (): Promise<void> => {
    await leasesPass(write);
    // Its later calls more often than its first ones; half of the relays outlive all of them.
    const points = createFaultPoints(1 + Math.floor(random() * 50), random() < 0.5 ? 'before' : 'after');
    const before = await listed();
    await untilCrash(points, () =>
      runRelay({ ...options(), db: points.db(write), publisher: points.port(queue.publisher) }).then(
        () => undefined,
      ),
    );
    if (points.crashed) seen.deaths += 1;
    if ((await listed()) > before) seen.races += 1;
  };
  const raced = () => Math.min(seen.deaths, seen.races);
  for (let round = 0; round < mostRounds && raced() <= 5; round += 1)
    seen.calls += await atEachCall(passes(other), async (seam) => {
      await restore();
      await runRelay({ ...options(), db: seam.db(write), publisher: seam.port(queue.publisher) });
      await leasesPass(write);
      await settle(world);
      await expectWhole(world);
    });
  console.info(`another relay at ${seen.calls} calls: ${seen.deaths} died, ${seen.races} gave positions`);
  expect(raced(), 'races that were seen').toBeGreaterThan(5);
});

test('the standby is at work within the lease time of a relay that was killed holding it', async () => {
  const [domain] = domains;
  if (domain === undefined) throw new Error('no domain');
  const world = createWorld(domain, databases.write, databases.read);
  const { write, queue } = world;
  await clear(world);
  const leaseMs = 1_000;
  const now = await write.admin().command({ hello: 1 });
  const expires_at = new Date(now['localTime'].getTime() + leaseMs);
  await write
    .collection<{ _id: string }>(leasesCollection)
    .replaceOne({ _id: 'relay' }, { owner: 'killed', expires_at }, { upsert: true });
  await play(world, sampleScenario(domain, seed));
  const owed = (await allRows(write)).length;
  const killed = performance.now();
  let published = 0;
  await runRelay({
    db: write,
    publisher: queue.publisher,
    subscriptionsOf: () => ['projector'],
    owner: 'standby',
    maxAttempts: 5,
    batchSize: 100,
    pollMs: 20,
    leaseMs,
    timeLeftMs: () => (published < owed ? 20_000 : 0),
    onBatch: (batch) => {
      published += batch.published;
    },
  });
  // Its end and one look of the standby, with room for a busy machine.
  expect(performance.now() - killed).toBeLessThan(leaseMs + 3_000);
  await expectRelayed(write);
});
