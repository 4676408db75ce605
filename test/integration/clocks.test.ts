import { afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { createLease } from '../../lib/core/lease.ts';
import type { Publisher } from '../../lib/core/relay/publish.ts';
import { catalogue } from '../../lib/domains.ts';
import { useDatabases } from '../support/database.ts';
import { domains } from '../support/domains.ts';
import { runSeed, seededRandom } from '../support/random.ts';
import { expectWhole, refusedOrDone, sampleScenario, settle } from '../support/scenario.ts';
import { clear, createWorld, leasesPass, newContext, relay, runReconcile } from '../support/world.ts';

const databases = useDatabases();
const seed = runSeed('clocks');
const tenMinutes = 600_000;

/** Moves this process's clock, and that alone: the database has its own. */
const shiftClock = (byMs: number): void => {
  vi.useRealTimers();
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + byMs });
};

beforeAll(() => catalogue.ensureIndexes(databases.write, databases.read));
afterEach(() => {
  vi.useRealTimers();
});

describe.each(domains)('$name', (domain) => {
  const open = () => createWorld(domain, databases.write, databases.read, seededRandom(seed));
  beforeEach(() => clear(open()));

  test('versions stay in order and all is projected though the clock of every command is another', async () => {
    const world = open();
    const random = seededRandom(seed);
    const send = domain.commands(world.write);
    const { creates, changes } = sampleScenario(domain, seed, [3, 12]);
    const ids: string[] = [];
    const anyClock = () => shiftClock((random() - 0.5) * 2 * tenMinutes);
    for (const wish of creates) {
      anyClock();
      ids.push((await send(wish, undefined, newContext())).id);
    }
    for (const { at, wish } of changes) {
      anyClock();
      await refusedOrDone(send(wish, ids[at], newContext()));
    }
    anyClock();
    await settle(world);
    vi.useRealTimers();
    await expectWhole(world);
  });

  test('an event that a relay with a clock ten minutes ahead could not send is sent by the next one within seconds', async () => {
    const world = open();
    const send = domain.commands(world.write);
    await send(sampleScenario(domain, seed).creates[0] ?? { type: '', data: {} }, undefined, newContext());
    const away: Publisher = {
      send: async (_, messages) => ({
        refused: new Map(messages.map(({ id }) => [id, 'InternalError'])),
      }),
    };
    shiftClock(tenMinutes);
    await relay(world, { publisher: away });
    vi.useRealTimers();
    // It waits for its pause by the database's clock, a second after a first refusal; the relay's own limit is 20 s.
    await settle(world);
    await expectWhole(world);
  });

  test('a purged queue is healed at once by a reconcile with a clock ten minutes behind', async () => {
    const world = open();
    const send = domain.commands(world.write);
    for (const wish of sampleScenario(domain, seed).creates) await send(wish, undefined, newContext());
    await relay(world);
    world.queue.lose();
    shiftClock(-tenMinutes);
    expect(await runReconcile(world)).toMatchObject({ done: true });
    vi.useRealTimers();
    await expectWhole(world);
  });
});

test.each([-tenMinutes, tenMinutes])(
  'a lease is neither stolen nor lost by a clock that is off by %i ms',
  async (byMs) => {
    const name = `clock ${byMs}`;
    const holder = createLease(databases.write, name, 'holder', 20_000);
    const rival = createLease(databases.write, name, 'rival', 20_000);
    expect(await holder.acquire()).toBe(true);
    shiftClock(byMs);
    expect(await rival.acquire()).toBe(false);
    expect(await holder.acquire()).toBe(true);
    await leasesPass(databases.write);
    expect(await rival.acquire()).toBe(true);
    expect(await holder.acquire()).toBe(false);
  },
);
