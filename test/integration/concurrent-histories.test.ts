import { beforeAll, describe, expect, test } from 'vitest';
import { runRelay } from '../../lib/core/relay/relay.ts';
import { catalogue } from '../../lib/domains.ts';
import { callAtOnce, expectHonest } from '../support/callers.ts';
import { useDatabases } from '../support/database.ts';
import { subscribers } from '../support/domains.ts';
import { createPauses } from '../support/pauses.ts';
import { runSeed, seededRandom } from '../support/random.ts';
import { allRows } from '../support/replay.ts';
import { expectWhole, settle } from '../support/scenario.ts';
import { createWorld, type World } from '../support/world.ts';

const seed = runSeed('concurrent histories');
const callers = 10;
const rounds = 25;

/** Two relays and two projectors, slow and forgetful: some messages come twice. */
const keepProjecting = (world: World, random: () => number) => {
  const { domain, write, read, queue } = world;
  const { hears } = catalogue.subscriber(domain.subscriber(write, read).name);
  let stop = false;
  const relays = [1, 2].map((owner) => {
    const pauses = createPauses(random, { chance: 0.02, mostMs: 60 });
    return runRelay({
      db: pauses.db(write),
      publisher: pauses.port(queue.publisher),
      subscriptionsOf: (type) => (hears.includes(type) ? ['subscriber'] : []),
      owner: String(owner),
      maxAttempts: 5,
      batchSize: 20,
      pollMs: 5,
      leaseMs: 100,
      timeLeftMs: () => (stop ? 0 : 1_000),
      onBatch: () => undefined,
    });
  });
  const projectors = [1, 2].map(async () => {
    const pauses = createPauses(random, { chance: 0.05, mostMs: 20 });
    const projector = domain.subscriber(pauses.db(write), pauses.db(read));
    while (!stop) {
      await queue.deliver(projector, { count: 10, keep: random() < 0.1 });
      await new Promise((resolve) => setImmediate(resolve));
    }
  });
  return {
    async stop() {
      stop = true;
      await Promise.all([...relays, ...projectors]);
    },
  };
};

describe.each(subscribers)('$name', (domain) => {
  const databases = useDatabases();
  beforeAll(() => catalogue.ensureIndexes(databases.write, databases.read));

  test(`no acknowledged command is lost or takes effect twice, and no read is older than asked: ${callers} callers`, {
    timeout: 120_000,
  }, async () => {
    const random = seededRandom(seed);
    const world = createWorld(domain, databases.write, databases.read, random);
    const projecting = keepProjecting(world, random);
    const calls = await callAtOnce(world, { callers, rounds, random });
    await projecting.stop();
    expect(calls.sent).toHaveLength(callers * rounds);
    expectHonest(calls, await allRows(world.write));
    await settle(world);
    await expectWhole(world);
  });
});
