import { beforeAll, describe, test } from 'vitest';
import type { Publisher } from '../../lib/core/relay/publish.ts';
import { catalogue } from '../../lib/domains.ts';
import { useDatabases } from '../support/database.ts';
import { domains } from '../support/domains.ts';
import { crashEverywhere, createFaultPoints, type FaultPoints, untilCrash } from '../support/fault-points.ts';
import { runSeed, seededRandom } from '../support/random.ts';
import { expectWhole, play, sampleScenario, settle } from '../support/scenario.ts';
import { clear, createWorld, keep, leasesPass, pausesPass, relay, type World } from '../support/world.ts';

const databases = useDatabases();
const seed = runSeed('relay fault points');

beforeAll(() => catalogue.ensureIndexes(databases.write, databases.read));

/** Refuses about every third message, each time anew. */
const moody = (publisher: Publisher, random: () => number): Publisher => ({
  async send(subscription, messages) {
    const refused = messages.filter(() => random() < 0.3);
    const { unreachable } = await publisher.send(
      subscription,
      messages.filter((message) => !refused.includes(message)),
    );
    const reasons = new Map(refused.map(({ id }) => [id, 'InternalError: try again']));
    return { refused: reasons, ...(unreachable === undefined ? {} : { unreachable }) };
  },
});

const relayUntilCrash = async (world: World, points: FaultPoints, publisher: Publisher): Promise<void> => {
  await untilCrash(points, () =>
    relay(world, { db: points.db(world.write), publisher: points.port(publisher), batchSize: 3 }),
  );
  await leasesPass(world.write);
  await pausesPass(world);
};

describe.each(domains)('$name', (domain) => {
  test('every event is published and listed once when relays die at any point, before or after the call', async () => {
    const random = seededRandom(seed);
    const world = createWorld(domain, databases.write, databases.read, random);
    const scenario = sampleScenario(domain, seed, [2, 5]);
    await clear(world);
    await play(world, scenario);
    const restore = await keep(world);
    const crashes = await crashEverywhere(async (points) => {
      await restore();
      const publisher = moody(world.queue.publisher, random);
      await relayUntilCrash(world, points, publisher);
      // The one that takes over dies as well, now and then.
      const second = createFaultPoints(1 + Math.floor(random() * 30), random() < 0.5 ? 'before' : 'after');
      await relayUntilCrash(world, second, publisher);
      await settle(world);
      await expectWhole(world);
    });
    console.info(`relay, ${domain.name}: ${crashes} fault points`);
  });
});
