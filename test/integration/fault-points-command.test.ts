import { randomUUID } from 'node:crypto';
import { MongoClient } from 'mongodb';
import { beforeAll, describe, expect, test } from 'vitest';
import { catalogue } from '../../lib/domains.ts';
import { useDatabases } from '../support/database.ts';
import { domains } from '../support/domains.ts';
import { crashEverywhere, untilCrash } from '../support/fault-points.ts';
import { runSeed, seededRandom } from '../support/random.ts';
import { allRows } from '../support/replay.ts';
import { expectWhole, sampleScenario, settle } from '../support/scenario.ts';
import type { Wish } from '../support/test-domain.ts';
import { clear, createWorld, newContext } from '../support/world.ts';

const databases = useDatabases();
const seed = runSeed('command fault points');

beforeAll(() => catalogue.ensureIndexes(databases.write, databases.read));

describe.each(domains)('$name', (domain) => {
  test('a command whose process dies at any point takes effect once when it is sent again, or took effect already', async () => {
    const world = createWorld(domain, databases.write, databases.read, seededRandom(seed));
    const wish: Wish = sampleScenario(domain, seed).creates[0] ?? { type: '', data: {} };
    const crashes = await crashEverywhere(async (points, what) => {
      await clear(world);
      const key = randomUUID();
      const context = { ...newContext(), commandId: key, idempotencyKey: key, requestHash: 'hash' };
      const client = await MongoClient.connect(databases.writeUrl);
      const dying = domain.commands(points.db(client.db()));
      await untilCrash(points, () => dying(wish, undefined, context));
      // The server gives up what the dead had begun: here at once, elsewhere when its time for a transaction is up.
      await client.close();
      const before = (await allRows(world.write)).filter((row) => row.metadata.command_id === key);
      const answer = await domain.commands(world.write)(wish, undefined, context);
      const after = (await allRows(world.write)).filter((row) => row.metadata.command_id === key);
      expect(answer, what).toMatchObject({ version: 1, replayed: before.length > 0 });
      expect(after.map(({ stream_id, version }) => `${stream_id}@${version}`)).toEqual([
        expect.stringContaining(`-${answer.id}@1`),
      ]);
      await settle(world);
      await expectWhole(world);
    });
    console.info(`command, ${domain.name}: ${crashes} fault points`);
  });
});
