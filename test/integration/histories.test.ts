import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { catalogue } from '../../lib/domains.ts';
import { useDatabases } from '../support/database.ts';
import { subscribers } from '../support/domains.ts';
import { createActor, histories } from '../support/history.ts';
import { runSeed, seededRandom } from '../support/random.ts';
import { expectPrefixes, storedVersions } from '../support/replay.ts';
import { expectWhole, settle } from '../support/scenario.ts';
import { clear, createWorld, runReconcile } from '../support/world.ts';

const seed = runSeed('histories');
const liveRuns = 25;
const safeRuns = 15;

describe.concurrent.each(subscribers)('$name', (domain) => {
  const live = useDatabases();
  const safe = useDatabases();
  beforeAll(async () => {
    await catalogue.ensureIndexes(live.write, live.read);
    await catalogue.ensureIndexes(safe.write, safe.read);
  });
  const history = fc.tuple(histories(domain), fc.integer());

  test(`whatever becomes of the messages, the read models end as a replay from nothing: ${liveRuns} histories`, {
    timeout: 180_000,
  }, async () => {
    const property = fc.asyncProperty(history, async ([actions, queueSeed]) => {
      const world = createWorld(domain, live.write, live.read, seededRandom(queueSeed));
      await clear(world);
      const act = createActor(world);
      for (const action of actions) await act(action);
      await settle(world);
      await runReconcile(world);
      await expectWhole(world);
    });
    await fc.assert(property, { seed, numRuns: liveRuns });
  });

  test(`no reader sees what was not true at some version, nor an older version after a newer one: ${safeRuns} histories`, {
    timeout: 180_000,
  }, async () => {
    const property = fc.asyncProperty(history, async ([actions, queueSeed]) => {
      const world = createWorld(domain, safe.write, safe.read, seededRandom(queueSeed));
      const models = domain.readModels(safe.write, safe.read);
      await clear(world);
      const act = createActor(world);
      let before = new Map<string, number>();
      for (const action of actions) {
        await act(action);
        await expectPrefixes(models, safe.write);
        const now = await storedVersions(models);
        for (const [id, version] of before) expect(now.get(id), id).toBeGreaterThanOrEqual(version);
        before = now;
      }
    });
    await fc.assert(property, { seed, numRuns: safeRuns });
  });
});
