import { beforeAll, describe, test } from 'vitest';
import { ensureAllIndexes } from '../../lib/indexes.ts';
import { useDatabases } from '../support/database.ts';
import { domains } from '../support/domains.ts';
import { crashEverywhere, untilCrash } from '../support/fault-points.ts';
import { runSeed, seededRandom } from '../support/random.ts';
import { expectWhole, play, sampleScenario, settle } from '../support/scenario.ts';
import { clear, createWorld, leasesPass, relay } from '../support/world.ts';

const databases = useDatabases();
const seed = runSeed('relay fault points');

beforeAll(() => ensureAllIndexes(databases.write, databases.read));

describe.each(domains)('$name', (domain) => {
  test('every event is published and listed once when a relay dies at any point, before or after the call', async () => {
    const world = createWorld(domain, databases.write, databases.read, seededRandom(seed));
    const scenario = sampleScenario(domain, seed);
    const crashes = await crashEverywhere(async (points) => {
      await clear(world);
      await play(world, scenario);
      await untilCrash(points, () =>
        relay(world, {
          db: points.db(world.write),
          publisher: points.port(world.queue.publisher),
          batchSize: 4,
        }),
      );
      await leasesPass(world.write);
      await settle(world);
      await expectWhole(world);
    });
    console.info(`relay, ${domain.name}: ${crashes} fault points`);
  });
});
