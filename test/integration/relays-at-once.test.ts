import { randomUUID } from 'node:crypto';
import { beforeAll, expect, test } from 'vitest';
import { leasesCollection } from '../../lib/core/lease.ts';
import { runRelay } from '../../lib/core/relay/relay.ts';
import { catalogue } from '../../lib/domains.ts';
import { useDatabases } from '../support/database.ts';
import { domains } from '../support/domains.ts';
import { expectRelayed } from '../support/invariants.ts';
import { createPauses } from '../support/pauses.ts';
import { runSeed, seededRandom } from '../support/random.ts';
import { allRows } from '../support/replay.ts';
import { expectWhole, play, sampleScenario } from '../support/scenario.ts';
import { waitFor } from '../support/wait-for.ts';
import { clear, createWorld, project } from '../support/world.ts';

const databases = useDatabases();
const seed = runSeed('relays at once');
const rounds = 25;

beforeAll(() => catalogue.ensureIndexes(databases.write, databases.read));

test(`nothing is skipped and nothing is listed twice while three relays take the lease from each other: ${rounds} rounds`, {
  timeout: 120_000,
}, async () => {
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
        publisher: pauses.port(queue.publisher),
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
