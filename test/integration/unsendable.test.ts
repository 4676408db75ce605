import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Publisher } from '../../lib/core/relay/publish.ts';
import { appendPositions } from '../../lib/core/stores/event-log.ts';
import { eventRows } from '../../lib/core/stores/event-rows.ts';
import { catalogue } from '../../lib/domains.ts';
import { useDatabases } from '../support/database.ts';
import { domains } from '../support/domains.ts';
import { expectRelayed } from '../support/invariants.ts';
import { runSeed } from '../support/random.ts';
import { allRows } from '../support/replay.ts';
import { expectWhole, play, sampleScenario, settle } from '../support/scenario.ts';
import { clear, createWorld, pausesPass, relay } from '../support/world.ts';

const databases = useDatabases();
const seed = runSeed('unsendable');

beforeAll(() => catalogue.ensureIndexes(databases.write, databases.read));

describe.each(domains)('$name', (domain) => {
  const open = () => createWorld(domain, databases.write, databases.read);
  beforeEach(() => clear(open()));

  /** Passes on all but these, which it refuses or cannot reach anybody with. */
  const without = (publisher: Publisher, ids: Set<string>, what: 'refused' | 'unreachable'): Publisher => ({
    async send(subscription, messages) {
      const chosen = messages.filter(({ id }) => ids.has(id)).map(({ id }) => id);
      await publisher.send(
        subscription,
        messages.filter(({ id }) => !ids.has(id)),
      );
      return what === 'refused'
        ? { refused: new Map(chosen.map((id) => [id, 'InvalidMessageContents'])) }
        : { refused: new Map(), unreachable: { ids: new Set(chosen), reason: 'ECONNREFUSED' } };
    },
  });

  test('only the part of a batch that was refused stays pending, with a pause, and all drains afterwards', async () => {
    const world = open();
    await play(world, sampleScenario(domain, seed));
    const rows = await allRows(world.write);
    const refused = new Set(rows.filter((_, index) => index % 3 === 0).map(({ _id }) => _id));
    await relay(world, { publisher: without(world.queue.publisher, refused, 'refused') });
    for (const { _id, pending, next_attempt_at, published_at } of await allRows(world.write)) {
      expect(pending === true, _id).toBe(refused.has(_id));
      expect(next_attempt_at !== undefined, _id).toBe(refused.has(_id));
      expect(published_at === undefined, _id).toBe(refused.has(_id));
    }
    expect(world.queue.messages).toHaveLength(rows.length - refused.size);
    await pausesPass(world);
    await settle(world);
    await expectWhole(world);
  });

  test('an event that can never be sent is parked with its reason, and the others flow', async () => {
    const world = open();
    await play(world, sampleScenario(domain, seed));
    const rows = await allRows(world.write);
    const [never] = rows;
    const publisher = without(world.queue.publisher, new Set([never?._id ?? '']), 'refused');
    for (let attempt = 1; attempt <= 3; attempt += 1) {
      await relay(world, { publisher, maxAttempts: 3 });
      await pausesPass(world);
    }
    const parked = await eventRows(world.write)
      .find({ parked_at: { $exists: true } })
      .toArray();
    expect(parked.map(({ _id, attempts }) => [_id, attempts])).toEqual([[never?._id, 3]]);
    expect(parked[0]?.error).toContain('InvalidMessageContents');
    expect(parked[0]?.pending).toBeUndefined();
    expect(world.queue.messages).toHaveLength(rows.length - 1);
    await expectRelayed(world.write);
  });

  test('an event waits for a queue that cannot be reached as long as it takes, and is never parked', async () => {
    const world = open();
    await play(world, sampleScenario(domain, seed, [1, 0]));
    const ids = new Set((await allRows(world.write)).map(({ _id }) => _id));
    const away = without(world.queue.publisher, ids, 'unreachable');
    for (let attempt = 1; attempt <= 4; attempt += 1) {
      let looked = false;
      await relay(world, {
        publisher: away,
        maxAttempts: 2,
        timeLeftMs: () => (looked ? 0 : 5_000),
        onBatch: () => {
          looked = true;
        },
      });
      await pausesPass(world);
    }
    expect(world.queue.messages).toHaveLength(0);
    await settle(world);
    await expectWhole(world);
  });

  test('an outage before a refusal counts for nothing: parked is what was refused as often as any other', async () => {
    const world = open();
    await play(world, sampleScenario(domain, seed, [1, 0]));
    const ids = new Set((await allRows(world.write)).map(({ _id }) => _id));
    const lookOnce = async (what: 'refused' | 'unreachable'): Promise<void> => {
      let looked = false;
      await relay(world, {
        publisher: without(world.queue.publisher, ids, what),
        maxAttempts: 2,
        timeLeftMs: () => (looked ? 0 : 20_000),
        onBatch: () => {
          looked = true;
        },
      });
      await pausesPass(world);
    };
    const parked = () => eventRows(world.write).countDocuments({ parked_at: { $exists: true } });
    for (const _ of [1, 2, 3]) await lookOnce('unreachable');
    await lookOnce('refused');
    await lookOnce('unreachable');
    expect(await parked()).toBe(0);
    await lookOnce('refused');
    expect(await parked()).toBe(ids.size);
  });

  test('a batch that a relay left open is listed once, also when batches are smaller by now', async () => {
    const world = open();
    await play(world, sampleScenario(domain, seed, [3, 4]));
    const rows = await allRows(world.write);
    await appendPositions(
      world.write,
      1,
      rows.map(({ _id }) => _id),
    );
    await relay(world, { batchSize: 2 });
    await expectRelayed(world.write);
    expect(world.queue.messages).toHaveLength(rows.length);
    await settle(world);
    await expectWhole(world);
  });
});
