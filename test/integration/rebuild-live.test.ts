import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { rebuild } from '../../lib/core/repair/rebuild.ts';
import { catalogue } from '../../lib/domains.ts';
import { callAtOnce } from '../support/callers.ts';
import { damage } from '../support/damage.ts';
import { useDatabases } from '../support/database.ts';
import { subscribers } from '../support/domains.ts';
import { createPauses } from '../support/pauses.ts';
import { runSeed, seededRandom } from '../support/random.ts';
import { storedVersions } from '../support/replay.ts';
import { expectWhole, play, sampleScenario, settle } from '../support/scenario.ts';
import { clear, createWorld, project, relay, type World } from '../support/world.ts';

const databases = useDatabases();
const seed = runSeed('rebuild, live');
const timeLeftMs = () => 60_000;

beforeAll(() => catalogue.ensureIndexes(databases.write, databases.read));

/** Does something again and again until `stop`, which waits for its end. */
const keepDoing = (act: () => Promise<void>) => {
  let stopped = false;
  const running = (async () => {
    while (!stopped) {
      await act();
      await new Promise((resolve) => setImmediate(resolve));
    }
  })();
  return {
    async stop() {
      stopped = true;
      await running;
    },
  };
};

const rebuildAll = async ({ domain, write, read }: World, pausing: ReturnType<typeof createPauses>) => {
  const db = pausing.db(read);
  for (const model of domain.readModels(pausing.db(write), db)) {
    expect(await rebuild(model, { db, timeLeftMs, batchSize: 3 })).toMatchObject({ done: true });
  }
};

describe.each(subscribers)('$name', (domain) => {
  const open = () => createWorld(domain, databases.write, databases.read, seededRandom(seed));
  beforeEach(() => clear(open()));

  test('a rebuild under load ends as a replay, and readers never see less than before', {
    timeout: 120_000,
  }, async () => {
    const world = open();
    const random = seededRandom(seed);
    const models = domain.readModels(world.write, world.read);
    await play(world, sampleScenario(domain, seed, [12, 20]));
    await settle(world);
    const projecting = keepDoing(async () => {
      await relay(world);
      await project(world);
    });
    let before = await storedVersions(models);
    const reading = keepDoing(async () => {
      const now = await storedVersions(models);
      for (const [id, version] of before) expect(now.get(id), id).toBeGreaterThanOrEqual(version);
      before = now;
    });
    const calling = callAtOnce(world, { callers: 6, rounds: 15, random });
    for (let round = 0; round < 3; round += 1) {
      await rebuildAll(world, createPauses(random, { chance: 0.3, mostMs: 10 }));
    }
    await calling;
    await reading.stop();
    await projecting.stop();
    await settle(world);
    await expectWhole(world);
  });

  test('a read model damaged under load is whole after a rebuild', { timeout: 120_000 }, async () => {
    const world = open();
    const random = seededRandom(seed);
    await play(world, sampleScenario(domain, seed, [12, 20]));
    await settle(world);
    for (const model of domain.readModels(world.write, world.read)) await damage(model, world.read);
    const projecting = keepDoing(async () => {
      await relay(world);
      await project(world);
    });
    const calling = callAtOnce(world, { callers: 6, rounds: 10, random });
    await rebuildAll(world, createPauses(random, { chance: 0.3, mostMs: 10 }));
    await calling;
    await projecting.stop();
    await settle(world);
    await expectWhole(world);
  });

  test('a second rebuild of the same read model is refused while one is under way', {
    timeout: 120_000,
  }, async () => {
    const world = open();
    await play(world, sampleScenario(domain, seed, [12, 4]));
    await settle(world);
    const [model] = domain.readModels(world.write, world.read);
    if (model === undefined) throw new Error('no read model');
    const slowly = createPauses(seededRandom(seed), { chance: 1, mostMs: 300 }).db(world.read);
    const settled = await Promise.allSettled([
      rebuild(model, { db: slowly, timeLeftMs, batchSize: 1 }),
      rebuild(model, { db: slowly, timeLeftMs, batchSize: 1 }),
    ]);
    const refused = settled.flatMap((one) => (one.status === 'rejected' ? [one.reason] : []));
    // One that waits long enough for the other to end may still have its turn.
    for (const reason of refused) expect(reason).toMatchObject({ code: 'lease_held' });
    expect(refused.length).toBeLessThan(2);
    await expectWhole(world);
  });
});
