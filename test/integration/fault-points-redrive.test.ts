import { beforeAll, describe, expect, test } from 'vitest';
import { markReplayed } from '../../lib/core/dead-letters/records.ts';
import { redrive } from '../../lib/core/dead-letters/redrive.ts';
import { AppError } from '../../lib/core/errors.ts';
import { noneApplied, type Subscriber } from '../../lib/core/projection/subscriber.ts';
import { catalogue } from '../../lib/domains.ts';
import { useDatabases } from '../support/database.ts';
import { subscribers } from '../support/domains.ts';
import { crashEverywhere, untilCrash } from '../support/fault-points.ts';
import { runSeed, seededRandom } from '../support/random.ts';
import { expectWhole, play, sampleScenario } from '../support/scenario.ts';
import { clear, createWorld, keep, project, relay } from '../support/world.ts';

const databases = useDatabases();
const seed = runSeed('redrive fault points');
const timeLeftMs = () => 60_000;

beforeAll(() => catalogue.ensureIndexes(databases.write, databases.read));

/** An earlier deploy, which knows none of the events. */
const old = ({ name }: Subscriber): Subscriber => ({
  name,
  async apply(events) {
    const reason = new AppError('unknown_event', 'not known to this release');
    return { ...noneApplied(), failures: new Map(events.map(({ event_id }) => [event_id, reason])) };
  },
  findMissing: async (events) => events,
});

describe.each(subscribers)('$name', (domain) => {
  test('no dead letter is lost when a redrive dies at any point: each is on one of the two queues, or applied', async () => {
    const world = createWorld(domain, databases.write, databases.read, seededRandom(seed));
    const { write, read, queue } = world;
    const projector = domain.subscriber(write, read);
    const scenario = sampleScenario(domain, seed, [4, 10]);
    await clear(world);
    await play(world, scenario);
    await relay(world);
    const sent = new Set(queue.messages.map(({ id }) => id));
    const restore = await keep(world, [read]);
    const crashes = await crashEverywhere(async (points) => {
      await restore();
      await queue.drain(old(projector));
      const dying = points.db(read);
      await untilCrash(points, () =>
        redrive(points.port(queue.dead), {
          timeLeftMs,
          onRedriven: (letters) => markReplayed(dying, projector.name, letters),
        }),
      );
      expect(new Set([...queue.letters, ...queue.messages].map(({ id }) => id))).toEqual(sent);
      await queue.deliver(projector, { count: 3 });
      queue.visibilityPasses();
      const again = await redrive(queue.dead, {
        timeLeftMs,
        onRedriven: (letters) => markReplayed(read, projector.name, letters),
      });
      expect(again.done).toBe(true);
      await project(world);
      await expectWhole(world);
    });
    console.info(`redrive, ${domain.name}: ${crashes} fault points`);
  });
});
