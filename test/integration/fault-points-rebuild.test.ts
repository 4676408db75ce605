import { beforeAll, describe, expect, test } from 'vitest';
import { measureDrift, rebuild } from '../../lib/core/repair/rebuild.ts';
import { catalogue } from '../../lib/domains.ts';
import { damage } from '../support/damage.ts';
import { useDatabases } from '../support/database.ts';
import { subscribers } from '../support/domains.ts';
import { crashEverywhere, untilCrash } from '../support/fault-points.ts';
import { runSeed, seededRandom } from '../support/random.ts';
import { expectShown, expectWhole, play, sampleScenario, settle } from '../support/scenario.ts';
import { clear, createWorld, keep, leasesPass } from '../support/world.ts';

const databases = useDatabases();
const seed = runSeed('rebuild fault points');
const timeLeftMs = () => 60_000;

beforeAll(() => catalogue.ensureIndexes(databases.write, databases.read));

describe.each(subscribers)('$name', (domain) => {
  test('a damaged read model is whole again when a rebuild dies at any point and another goes on', {
    timeout: 120_000,
  }, async () => {
    const world = createWorld(domain, databases.write, databases.read, seededRandom(seed));
    const { write, read } = world;
    await clear(world);
    await play(world, sampleScenario(domain, seed, [5, 4]));
    await settle(world);
    const restoreWhole = await keep(world, [read]);
    let crashes = 0;
    for (const [index, model] of domain.readModels(write, read).entries()) {
      await restoreWhole();
      await damage(model, read);
      const restore = await keep(world, [read]);
      crashes += await crashEverywhere(async (points) => {
        await restore();
        const db = points.db(read);
        const [dying] = domain.readModels(points.db(write), db).slice(index);
        await untilCrash(points, async () => dying && rebuild(dying, { db, timeLeftMs, batchSize: 2 }));
        await leasesPass(read);
        await rebuild(model, { db: read, timeLeftMs, batchSize: 2 });
        await expectShown(world);
      });
      await expectWhole(world);
    }
    console.info(`rebuild, ${domain.name}: ${crashes} fault points`);
  });

  test('a dry run counts each document that was altered, deleted or added by hand, and a rebuild mends each', async () => {
    const world = createWorld(domain, databases.write, databases.read, seededRandom(seed));
    const { write, read } = world;
    await clear(world);
    await play(world, sampleScenario(domain, seed, [8, 6]));
    await settle(world);
    for (const model of domain.readModels(write, read)) {
      const options = { db: read, timeLeftMs, batchSize: 3, segments: 2 };
      const done = await damage(model, read);
      expect(await measureDrift(model, options)).toMatchObject(done);
      const { altered, missing, surplus } = done;
      expect(await rebuild(model, options)).toMatchObject({
        ...done,
        written: altered + missing,
        removed: surplus,
        done: true,
      });
    }
    await expectWhole(world);
  });
});
