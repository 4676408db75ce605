// Every call of a rebuild, a reconcile, a relay and a command: failing alone in each way, or with another writer passing
// beside it. Source: lib/core/repair, lib/core/relay, lib/core/commands, lib/core/stores.
import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, test } from 'vitest';
import { isUnavailable } from '../../lib/core/driver-errors.ts';
import { isAppError } from '../../lib/core/errors.ts';
import { runRelay } from '../../lib/core/relay/relay.ts';
import { measureDrift, rebuild } from '../../lib/core/repair/rebuild.ts';
import { catalogue } from '../../lib/domains.ts';
import { damage } from '../support/damage.ts';
import { useDatabases } from '../support/database.ts';
import { domains } from '../support/domains.ts';
import { runSeed, seededRandom } from '../support/random.ts';
import { allRows, expectReplayed } from '../support/replay.ts';
import { expectWhole, play, refusedOrDone, sampleScenario, settle } from '../support/scenario.ts';
import { atEachCall, outages, passes } from '../support/single-calls.ts';
import type { Wish } from '../support/test-domain.ts';
import {
  clear,
  createWorld,
  keep,
  leasesPass,
  newContext,
  project,
  relay,
  runReconcile,
} from '../support/world.ts';

const databases = useDatabases();
const seed = runSeed('single calls of operations');
const timeLeftMs = () => 60_000;

beforeAll(() => catalogue.ensureIndexes(databases.write, databases.read));

/** One domain of each kind of store: what is tried here is the machine's. */
const tried = (['state', 'events'] as const).flatMap((store) => {
  const first = catalogue.all.find(({ streams }) => streams[0]?.store === store);
  return domains.filter(({ name }) => name === first?.name);
});
const ways = Object.entries(outages).slice(1, 3);

/** Runs what may meet an outage; gives its answer if it has one. Anything but an outage is thrown. */
const despite = async <T>(run: () => Promise<T>): Promise<T | undefined> => {
  try {
    return await run();
  } catch (error) {
    if (!isUnavailable(error) && !isAppError(error, 'unavailable') && !isAppError(error, 'lease_held'))
      throw error;
    return undefined;
  }
};

describe.each(tried)('$name', (domain) => {
  const open = () => createWorld(domain, databases.write, databases.read, seededRandom(seed));

  test.each(ways)(
    'a rebuild is sound or says that it is not done, whatever it does with a call %s',
    async (_how, meets) => {
      const world = open();
      const { write, read } = world;
      await clear(world);
      await play(world, sampleScenario(domain, seed, [4, 1]));
      await settle(world);
      const [first] = domain.readModels(write, read);
      if (first === undefined) throw new Error('no read model');
      await damage(first, read);
      const restore = await keep(world);
      await atEachCall(meets, async (seam, at) => {
        await restore();
        const db = seam.db(read);
        const [model] = domain.readModels(seam.db(write), db);
        const answer = await despite(async () => model && rebuild(model, { db, timeLeftMs, batchSize: 3 }));
        const { altered, missing, surplus } = await measureDrift(first, { db: read, timeLeftMs });
        if (answer?.done)
          expect({ altered, missing, surplus }, `call ${at}`).toEqual({ altered: 0, missing: 0, surplus: 0 });
        await leasesPass(read);
        await rebuild(first, { db: read, timeLeftMs });
        await expectWhole(world);
      });
    },
  );

  test('a rebuild leaves what is newer alone when, beside any of its calls, aggregates change and are projected', async () => {
    const world = open();
    const { write, read } = world;
    await clear(world);
    const send = domain.commands(write);
    const { creates, changes } = sampleScenario(domain, seed, [4, 6]);
    const ids: string[] = [];
    for (const wish of creates) ids.push((await send(wish, undefined, newContext())).id);
    await settle(world);
    const [first] = domain.readModels(write, read);
    if (first === undefined) throw new Error('no read model');
    await damage(first, read);
    const restore = await keep(world);
    const other = async (): Promise<void> => {
      for (const { at, wish } of changes) await refusedOrDone(send(wish, ids[at], newContext()));
      await settle(world);
    };
    await atEachCall(passes(other), async (seam) => {
      await restore();
      const db = seam.db(read);
      const [model] = domain.readModels(seam.db(write), db);
      if (model !== undefined) await rebuild(model, { db, timeLeftMs, batchSize: 2 });
      await expectReplayed(domain.readModels(write, read).slice(0, 1), write);
    });
  });

  test.each(ways)(
    'a reconcile that has passed an event has seen to it, whatever it does with a call %s',
    async (_how, meets) => {
      const world = open();
      await clear(world);
      await play(world, sampleScenario(domain, seed, [2, 2]));
      await relay(world);
      world.queue.lose();
      const restore = await keep(world);
      await atEachCall(meets, async (seam) => {
        await restore();
        await despite(() =>
          runReconcile({ ...world, write: seam.db(world.write), read: seam.db(world.read) }),
        );
        await runReconcile(world);
        await expectWhole(world);
      });
    },
  );

  test.each(ways)(
    'a command with a key takes effect once, whatever it does with a call %s',
    async (_how, meets) => {
      const world = open();
      const wish: Wish = sampleScenario(domain, seed).creates[0] ?? { type: '', data: {} };
      await atEachCall(meets, async (seam, at) => {
        await clear(world);
        const key = randomUUID();
        const context = { ...newContext(), commandId: key, idempotencyKey: key, requestHash: 'hash' };
        const own = async () => (await allRows(world.write)).filter((row) => row.metadata.command_id === key);
        const first = await despite(() => domain.commands(seam.db(world.write))(wish, undefined, context));
        if (first !== undefined) expect((await own()).length, `call ${at}`).toBe(1);
        const again = await domain.commands(world.write)(wish, undefined, context);
        expect(again.version, `call ${at}`).toBe(1);
        if (first !== undefined) expect([again.id, again.replayed], `call ${at}`).toEqual([first.id, true]);
        expect(
          (await own()).map(({ stream_id, version }) => `${stream_id}@${version}`),
          `call ${at}`,
        ).toEqual([expect.stringContaining(`-${again.id}@1`)]);
      });
    },
  );
});

test.each(ways.slice(0, 1))(
  'the relay loses and lists twice no event because of a call %s, and goes on by itself',
  async (_how, meets) => {
    const [domain] = tried;
    if (domain === undefined) throw new Error('no domain');
    const world = createWorld(domain, databases.write, databases.read, seededRandom(seed));
    await clear(world);
    await play(world, sampleScenario(domain, seed, [2, 2]));
    const restore = await keep(world);
    const { name } = domain.subscriber(world.write, world.read);
    await atEachCall(meets, async (seam) => {
      await restore();
      await runRelay({
        db: seam.db(world.write),
        publisher: seam.port(world.queue.publisher),
        subscriptionsOf: () => [name],
        maxAttempts: 5,
        owner: randomUUID(),
        batchSize: 3,
        pollMs: 5,
        leaseMs: 1_000,
        idleMs: 10,
        timeLeftMs: () => 20_000,
        onBatch: () => undefined,
      });
      await project(world);
      await expectWhole(world);
    });
  },
);
