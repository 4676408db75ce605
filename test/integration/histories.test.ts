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
const runs = 20;
/** What changes a read model. */
const mayShow = new Set(['deliver', 'rebuild', 'reconcile']);

describe.concurrent.each(subscribers)('$name', (domain) => {
  const databases = useDatabases();
  beforeAll(() => catalogue.ensureIndexes(databases.write, databases.read));
  const history = fc.tuple(histories(domain), fc.integer());

  test(`whatever becomes of the messages, no reader sees what was not true at some version, nor an older one after a newer, and the read models end as a replay from nothing: ${runs} histories`, {
    timeout: 180_000,
  }, async () => {
    const property = fc.asyncProperty(history, async ([actions, queueSeed]) => {
      const { write, read } = databases;
      const world = createWorld(domain, write, read, seededRandom(queueSeed));
      const models = domain.readModels(write, read);
      await clear(world);
      const act = createActor(world);
      let before = new Map<string, number>();
      const look = async (): Promise<void> => {
        await expectPrefixes(models, write);
        const now = await storedVersions(models);
        for (const [id, version] of before) expect(now.get(id), id).toBeGreaterThanOrEqual(version);
        before = now;
      };
      for (const action of actions) {
        await act(action);
        if (mayShow.has(action.does)) await look();
      }
      await settle(world);
      await runReconcile(world);
      await look();
      await expectWhole(world);
    });
    await fc.assert(property, { seed, numRuns: runs });
  });
});
