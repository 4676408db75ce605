import { MongoClient } from 'mongodb';
import { beforeAll, describe, test } from 'vitest';
import { catalogue } from '../../lib/domains.ts';
import { useDatabases } from '../support/database.ts';
import { subscribers } from '../support/domains.ts';
import { crashEverywhere, untilCrash } from '../support/fault-points.ts';
import { runSeed, seededRandom } from '../support/random.ts';
import { expectPrefixes } from '../support/replay.ts';
import { expectWhole, play, sampleScenario } from '../support/scenario.ts';
import { clear, createWorld, keep, project, relay, runReconcile } from '../support/world.ts';

const databases = useDatabases();
const seed = runSeed('projector and reconcile fault points');

beforeAll(() => catalogue.ensureIndexes(databases.write, databases.read));

describe.each(subscribers)('$name', (domain) => {
  test('the read models end as a replay when a subscriber dies at any point and its messages come again', async () => {
    const world = createWorld(domain, databases.write, databases.read, seededRandom(seed));
    const { write, read, queue } = world;
    const scenario = sampleScenario(domain, seed);
    await clear(world);
    await play(world, scenario);
    await relay(world);
    const restore = await keep(world, [read]);
    const crashes = await crashEverywhere(async (points) => {
      await restore();
      const client = await MongoClient.connect(databases.readUrl);
      const dying = domain.subscriber(points.db(write), points.db(client.db()));
      // Small batches in any order, some of them delivered again: gaps, duplicates and repairs are all on the way.
      await untilCrash(points, async () => {
        await queue.deliver(dying, { count: 4, keep: true });
        await queue.drain(dying);
      });
      // The server gives up what the dead had begun: here at once, elsewhere when its time for a transaction is up.
      await client.close();
      await expectPrefixes(domain.readModels(write, read), write);
      await project(world);
      await expectWhole(world);
    });
    console.info(`projector, ${domain.name}: ${crashes} fault points`);
  });

  test('a purged queue heals when reconcile dies at any point and runs again', async () => {
    const world = createWorld(domain, databases.write, databases.read, seededRandom(seed));
    const { write, read, queue } = world;
    const scenario = sampleScenario(domain, seed);
    await clear(world);
    await play(world, scenario);
    await relay(world);
    await queue.deliver(domain.subscriber(write, read), { count: 3 });
    queue.lose();
    const restore = await keep(world, [read]);
    const crashes = await crashEverywhere(async (points) => {
      await restore();
      const client = await MongoClient.connect(databases.readUrl);
      await untilCrash(points, () =>
        runReconcile({ ...world, write: points.db(write), read: points.db(client.db()) }),
      );
      await client.close();
      await runReconcile(world);
      await expectWhole(world);
    });
    console.info(`reconcile, ${domain.name}: ${crashes} fault points`);
  });
});
