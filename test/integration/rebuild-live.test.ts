import { setTimeout as wait } from 'node:timers/promises';
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { rebuild } from '../../lib/core/repair/rebuild.ts';
import { catalogue } from '../../lib/domains.ts';
import { callAtOnce } from '../support/callers.ts';
import { damage } from '../support/damage.ts';
import { useDatabases } from '../support/database.ts';
import { subscribers } from '../support/domains.ts';
import { instrument } from '../support/instrument.ts';
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

  test('a rebuild under load ends as a replay, readers never see less than before, and damage under load is mended', {
    timeout: 120_000,
  }, async () => {
    const world = open();
    const random = seededRandom(seed);
    const models = domain.readModels(world.write, world.read);
    const pausing = () => createPauses(random, { chance: 0.3, mostMs: 10 });
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
    const calling = callAtOnce(world, { callers: 6, rounds: 20, random });
    for (let round = 0; round < 2; round += 1) await rebuildAll(world, pausing());
    await reading.stop();
    for (const model of models) await damage(model, world.read);
    await rebuildAll(world, pausing());
    await calling;
    await projecting.stop();
    await settle(world);
    await expectWhole(world);
  });
});

test('a second rebuild of the same read model is refused while one is under way', async () => {
  const [domain] = subscribers;
  if (domain === undefined) throw new Error('no subscriber');
  const world = createWorld(domain, databases.write, databases.read, seededRandom(seed));
  await clear(world);
  await play(world, sampleScenario(domain, seed, [12, 4]));
  await settle(world);
  const [model] = domain.readModels(world.write, world.read);
  if (model === undefined) throw new Error('no read model');
  const second = { asked: false, answer: Promise.withResolvers<unknown>() };
  // The first one dawdles, and keeps its lease meanwhile, until the second one has its answer.
  const slowly = instrument(async (call) => {
    if (second.asked) await Promise.race([second.answer.promise, wait(300)]);
    return call();
  });
  const first = await rebuild(model, {
    db: slowly.db(world.read),
    timeLeftMs,
    batchSize: 1,
    segments: 1,
    onProgress() {
      if (second.asked) return;
      second.asked = true;
      rebuild(model, { db: world.read, timeLeftMs }).then(second.answer.resolve, second.answer.resolve);
    },
  });
  expect(await second.answer.promise).toMatchObject({ code: 'lease_held' });
  expect(first.done).toBe(true);
  await expectWhole(world);
});
