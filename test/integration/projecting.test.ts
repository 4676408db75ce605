import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { fromRow, type RecordedEvent } from '../../lib/core/events.ts';
import { catalogue } from '../../lib/domains.ts';
import { useDatabases } from '../support/database.ts';
import { domains } from '../support/domains.ts';
import { createPauses } from '../support/pauses.ts';
import { runSeed, seededRandom } from '../support/random.ts';
import { allRows, expectReplayed } from '../support/replay.ts';
import { play, sampleScenario } from '../support/scenario.ts';
import { clear, createWorld, relay } from '../support/world.ts';

const databases = useDatabases();
const seed = runSeed('projecting');

beforeAll(() => catalogue.ensureIndexes(databases.write, databases.read));

describe.each(domains)('$name', (domain) => {
  const open = () => {
    const world = createWorld(domain, databases.write, databases.read, seededRandom(seed));
    const { write, read } = world;
    return { ...world, projector: domain.subscriber(write, read), models: domain.readModels(write, read) };
  };
  const setUp = async () => {
    const world = open();
    await play(world, sampleScenario(domain, seed, [2, 8]));
    const events = (await allRows(world.write)).map(fromRow);
    return { ...world, events };
  };
  const lastOf = (events: RecordedEvent[]): RecordedEvent[] => [
    ...new Map(events.map((event) => [event.stream_id, event])).values(),
  ];
  beforeEach(() => clear(open()));

  test('the last event alone, the ones before it never come, shows the last version', async () => {
    const { projector, models, write, events } = await setUp();
    const { applied, failures } = await projector.apply(lastOf(events));
    expect([applied.length, failures.size]).toEqual([lastOf(events).length, 0]);
    await expectReplayed(models, write);
  });

  test('later events first, earlier ones after them, change nothing that is shown', async () => {
    const { projector, models, write, events } = await setUp();
    await projector.apply(lastOf(events));
    for (const event of events.toReversed()) await projector.apply([event]);
    await expectReplayed(models, write);
  });

  test('a message that comes again, at once or weeks later, changes nothing and is counted', async () => {
    const { projector, models, write, events } = await setUp();
    await projector.apply(events);
    await expectReplayed(models, write);
    for (const _ of [1, 2]) {
      const again = await projector.apply(events);
      expect(again.duplicates).toBe(events.length);
      expect([again.applied.length, again.failures.size]).toEqual([0, 0]);
    }
    await expectReplayed(models, write);
  });

  test('an event that the write side does not have yet is not acknowledged, and changes nothing', async () => {
    const { projector, models, write, events } = await setUp();
    await projector.apply(events);
    for (const last of lastOf(events)) {
      const early = { ...last, event_id: 'early', version: last.version + 2 };
      const unknown = { ...early, stream_id: `${last.stream_type}-unknown` };
      for (const event of [early, unknown]) {
        const { applied, failures, duplicates } = await projector.apply([event]);
        expect([applied.length, duplicates]).toEqual([0, 0]);
        expect(failures.get('early')).toMatchObject({ code: 'event_missing' });
        expect(await projector.findMissing([event])).toEqual([event]);
      }
    }
    await expectReplayed(models, write);
  });

  test('messages whose deletion was lost, or that outlived their visibility, are applied by two at once to the same end', async () => {
    const { write, read, models, events } = await setUp();
    for (let round = 0; round < 5; round += 1) {
      await Promise.all(models.map(({ collection }) => collection.deleteMany({})));
      const random = seededRandom(seed + round);
      const slow = Array.from({ length: 3 }, () => {
        const pauses = createPauses(random, { chance: 0.5, mostMs: 8 });
        return domain.subscriber(pauses.db(write), pauses.db(read));
      });
      await Promise.all(slow.map((projector, index) => projector.apply(events.slice(index))));
      await expectReplayed(models, write);
    }
  });

  test('an event of a newer release is a dead letter and no loss: it is redriven after the deploy', async () => {
    const world = await setUp();
    const { queue, projector, models, write } = world;
    await relay(world);
    const [first] = queue.messages;
    // As an old projector sees it: the same event, written by a release that it does not know.
    const newer = JSON.stringify({ ...JSON.parse(first?.body ?? ''), event_id: 'newer', schema_version: 99 });
    const unknown = JSON.stringify({
      ...JSON.parse(first?.body ?? ''),
      event_id: 'unknown',
      type: 'NotInventedYet',
    });
    queue.clear();
    await queue.publisher.send('', [
      { id: 'newer', body: newer },
      { id: 'unknown', body: unknown },
    ]);
    await queue.drain(projector);
    expect(queue.letters.map(({ id }) => id).sort()).toEqual(['newer', 'unknown']);
    queue.clear();
    await queue.publisher.send(
      '',
      world.events.map((event) => ({ id: event.event_id, body: JSON.stringify(event) })),
    );
    await queue.drain(projector);
    await expectReplayed(models, write);
  });
});
