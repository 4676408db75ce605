import { setTimeout as wait } from 'node:timers/promises';
import { beforeAll, describe, expect, test } from 'vitest';
import { createRelays, sleepyRelay, useSleepyWorld } from '../support/asleep.ts';
import { crashEverywhere, createFaultPoints, untilCrash } from '../support/fault-points.ts';
import { instrument } from '../support/instrument.ts';
import { createPauses } from '../support/pauses.ts';
import { runSeed, seededRandom } from '../support/random.ts';
import { expectWhole } from '../support/scenario.ts';
import { clear, leasesPass, project, type World } from '../support/world.ts';

const seed = runSeed('relay sleeps, cut off');
const { world: theWorld, commit, pending } = useSleepyWorld(seed);
let world: World;

beforeAll(() => {
  world = theWorld();
});

describe('an event is published without the schedule, if nobody is cut off,', () => {
  /** A relay that rests, with a command that comes at one of its calls. */
  const interleave = async (at: number, knew: boolean): Promise<boolean> => {
    await clear(world);
    await commit();
    const relays = createRelays(world);
    const wake = relays.waker();
    let passed = 0;
    const point = instrument(async (call) => {
      passed += 1;
      if (passed === at) {
        await commit();
        await wake();
      }
      return call();
    });
    const resting = sleepyRelay(world, {
      db: point.db(world.write),
      leaseMs: 20,
    });
    if (knew) await wake();
    await resting;
    await relays.ended();
    const left = await pending();
    expect(left, `call ${at}, ${relays.started} started`).toBe(0);
    return passed >= at;
  };

  test.each([true, false])(
    'at whichever call of a relay that goes to sleep a command comes (it knew of the relay: %s)',
    async (knew) => {
      let at = 1;
      // A relay whose work another has done meanwhile has fewer calls than the next one may have.
      for (let short = 0; short < 3; at += 1) short = (await interleave(at, knew)) ? 0 : short + 1;
      expect(at).toBeGreaterThan(10);
    },
  );

  test('however long each call takes: 30 rounds', { timeout: 120_000 }, async () => {
    const random = seededRandom(seed);
    const slow = () => createPauses(random, { chance: 0.3, mostMs: 50 });
    const relays = createRelays(world, () => ({ db: slow().db(world.write) }));
    const containers = Array.from({ length: 3 }, () => {
      const db = slow().db(world.write);
      return { db, wake: relays.waker(db) };
    });
    for (let round = 0; round < 30; round += 1) {
      await Promise.all(
        containers.map(async ({ db, wake }) => {
          await wait(random() * 150);
          await commit(db);
          await wake();
        }),
      );
      if (round % 10 === 9) {
        await relays.ended();
        expect(await pending(), `round ${round}`).toBe(0);
      }
    }
    await project(world);
    await expectWhole(world);
  });
});

describe('an event waits for the schedule at most', () => {
  const schedule = async (): Promise<void> => {
    await leasesPass(world.write);
    await sleepyRelay(world);
    expect(await pending()).toBe(0);
    await project(world);
    await expectWhole(world);
  };

  test('when the command dies at any point between its commit and the call of the relay', async () => {
    const crashes = await crashEverywhere(async (points) => {
      await clear(world);
      await sleepyRelay(world);
      const relays = createRelays(world);
      await commit();
      await untilCrash(points, relays.waker(points.db(world.write)));
      await relays.ended();
      await schedule();
    });
    expect(crashes).toBeGreaterThan(2);
  });

  test('when the call of the relay gets nowhere, or the relay that it starts dies at any point', async () => {
    const random = seededRandom(seed);
    const crashes = await crashEverywhere(async (points) => {
      await clear(world);
      await sleepyRelay(world);
      const dying = { db: points.db(world.write), publisher: points.port(world.queue.publisher) };
      const second = createFaultPoints(1 + Math.floor(random() * 10), 'before');
      await commit();
      await untilCrash(points, () => sleepyRelay(world, dying));
      await commit();
      const relays = createRelays(world);
      await untilCrash(second, relays.waker(second.db(world.write))).catch(() => undefined);
      await relays.ended();
      await schedule();
    });
    expect(crashes).toBeGreaterThan(10);
  });
});
