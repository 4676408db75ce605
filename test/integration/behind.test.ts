import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { discardedLettersCollection } from '../../lib/core/dead-letters/discarded.ts';
import { markReplayed, recordFailures } from '../../lib/core/dead-letters/records.ts';
import { type Behind, isWithin } from '../../lib/core/observe/behind.ts';
import { createBehindMeter } from '../../lib/core/observe/behind-meter.ts';
import { unpark } from '../../lib/core/relay/parked.ts';
import type { Publisher } from '../../lib/core/relay/publish.ts';
import { eventRows } from '../../lib/core/stores/event-rows.ts';
import { catalogue } from '../../lib/domains.ts';
import { config } from '../../lib/platform/config.ts';
import { consumerHandler } from '../../lib/platform/consumer.ts';
import { eventConsumer } from '../../lib/platform/queue.ts';
import { useDatabases } from '../support/database.ts';
import { exampleDomain } from '../support/domains.ts';
import { example } from '../support/example.ts';
import { oneWish } from '../support/scenario.ts';
import { lambdaContext, sqsEvent } from '../support/sqs-event.ts';
import { waitFor } from '../support/wait-for.ts';
import {
  clear,
  createWorld,
  newContext,
  pausesPass,
  project,
  relay,
  runReconcile,
} from '../support/world.ts';

const databases = useDatabases();
const readLagMs = 30;
const { subscription, streamType } = example;

beforeAll(() => catalogue.ensureIndexes(databases.write, databases.read));

const world = () => createWorld(exampleDomain, databases.write, databases.read);
const documents = () => databases.read.collection<{ _id: string; version: number }>(example.collection);
const projector = () => exampleDomain.subscriber(databases.write, databases.read);

/** Each look by a meter of its own sees what a container does that has just started; a kept one what it remembers. */
const newMeter = (subscriber = projector()) =>
  createBehindMeter({
    writeDb: databases.write,
    readDb: databases.read,
    subscribers: [{ subscriber, hears: catalogue.subscriber(subscription).hears }],
    readLagMs,
  });

const lookWith = async (meter: ReturnType<typeof newMeter>): Promise<Behind> => {
  const found = (await meter.measure()).get(subscription);
  if (found === undefined) throw new Error(`nothing is said of ${subscription}`);
  return found;
};

const open = async (count = 1): Promise<string[]> => {
  const send = exampleDomain.commands(databases.write);
  const ids: string[] = [];
  for (let at = 0; at < count; at += 1) {
    ids.push((await send(oneWish(exampleDomain.create), undefined, newContext())).id);
  }
  return ids;
};

const asRow = (id: string) => eventRows(databases.write).findOne({ stream_id: `${streamType}-${id}` });

/** What Lambda does with a batch of the queue, so that what fails is on record. */
const consume = async (receiveCount: number): Promise<void> => {
  const handle = consumerHandler(eventConsumer(projector()), databases.read);
  const rows = await eventRows(databases.write)
    .find({ published_at: { $exists: true } })
    .toArray();
  const bodies = rows.map(({ _id: event_id, ...row }) => JSON.stringify({ event_id, ...row }));
  await handle(sqsEvent(bodies, receiveCount), lambdaContext('test'));
};

const refuse = (validator: object): Promise<unknown> =>
  databases.read.command({ collMod: example.collection, validator, validationLevel: 'strict' });

const unreachable: Publisher = {
  send: async (_, messages) => ({
    refused: new Map(),
    unreachable: { ids: new Set(messages.map(({ id }) => id)), reason: 'the queue server is away' },
  }),
};
const refusing: Publisher = {
  send: async (_, messages) => ({ refused: new Map(messages.map(({ id }) => [id, 'too long'])) }),
};

interface Way {
  how: string;
  place: 'pending' | 'parked' | 'dead' | 'retrying' | 'waiting';
  /** Brings it about, after one was created. */
  break(): Promise<unknown>;
  heal(): Promise<unknown>;
}

const publishAndProject = async () => {
  const one = world();
  await pausesPass(one);
  await relay(one);
  await project(one);
};

let kept: ReturnType<typeof world>;

const ways: Way[] = [
  { how: 'no relay runs', place: 'pending', break: async () => undefined, heal: publishAndProject },
  {
    how: 'the queue server is away',
    place: 'pending',
    break: async () => {
      let tries = 0;
      await relay(kept, {
        publisher: unreachable,
        onBatch: () => (tries += 1),
        timeLeftMs: () => (tries > 0 ? 0 : 5_000),
      });
    },
    heal: publishAndProject,
  },
  {
    how: 'the projector is down, or slow',
    place: 'waiting',
    break: () => relay(kept),
    heal: () => project(kept),
  },
  {
    how: 'the projector fails',
    place: 'retrying',
    break: async () => {
      await refuse({ version: { $gt: 1_000 } });
      await relay(kept);
      await consume(1);
    },
    heal: async () => {
      await refuse({});
      await consume(2);
    },
  },
  {
    how: 'its event is a dead letter',
    place: 'dead',
    break: async () => {
      await refuse({ version: { $gt: 1_000 } });
      await relay(kept);
      await consume(config.MAX_ATTEMPTS);
    },
    heal: async () => {
      await refuse({});
      await consume(config.MAX_ATTEMPTS);
    },
  },
  {
    how: 'the queue was purged',
    place: 'waiting',
    break: async () => {
      await relay(kept);
      kept.queue.lose();
    },
    heal: () => runReconcile(kept),
  },
  {
    how: 'its event is parked',
    place: 'parked',
    break: () => relay(kept, { publisher: refusing, maxAttempts: 1 }),
    heal: async () => {
      await unpark(databases.write);
      await publishAndProject();
    },
  },
  {
    how: 'its event is of another release',
    place: 'dead',
    break: async () => {
      await eventRows(databases.write).updateMany({}, { $set: { schema_version: 99 } });
      await relay(kept);
      await consume(config.MAX_ATTEMPTS);
    },
    heal: async () => {
      await eventRows(databases.write).updateMany({}, { $set: { schema_version: 1 } });
      await consume(1);
    },
  },
  {
    how: 'its event is of a type that this release does not know',
    place: 'dead',
    break: async () => {
      await eventRows(databases.write).updateMany({}, { $set: { type: `${streamType}Exploded` } });
      await relay(kept, { subscriptionsOf: catalogue.subscriptionsOf });
      expect(kept.queue.messages).toHaveLength(1);
      await consume(config.MAX_ATTEMPTS);
    },
    heal: async () => {
      await eventRows(databases.write).updateMany({}, { $set: { type: example.createdType } });
      await consume(1);
    },
  },
];

beforeEach(async () => {
  await databases.read.createCollection(example.collection).catch(() => undefined);
  await refuse({});
  kept = world();
  await clear(kept);
});

describe.each(ways)('what is not shown, because $how', ({ place, break: bring, heal }) => {
  test('is behind, as long as it is, for who has watched and for who has not', async () => {
    const watching = newMeter();
    expect(isWithin(await lookWith(watching))).toBe(true);
    const [id = ''] = await open();
    await bring();
    expect(await documents().countDocuments({ _id: id })).toBe(0);
    for (const meter of [watching, newMeter()]) {
      const seen = await waitFor(`it to be ${place}`, async () => {
        const behind = await lookWith(meter);
        return behind.events === 1 && behind;
      });
      expect(seen).toMatchObject({ events: 1, [place]: 1, at_least: false });
      expect(seen.oldest_ms).toBeGreaterThan(readLagMs);
      expect(isWithin(seen)).toBe(false);
      // It has passed it in the log, and keeps it in mind.
      expect(await lookWith(meter)).toMatchObject({ events: 1, [place]: 1 });
    }
    await runReconcile(kept);
    await heal();
    expect(await documents().countDocuments({ _id: id })).toBe(1);
    for (const meter of [watching, newMeter()]) expect(isWithin(await lookWith(meter))).toBe(true);
  });
});

test('what is shown in time was never behind', async () => {
  const meter = newMeter();
  await open(20);
  await publishAndProject();
  expect(await lookWith(meter)).toMatchObject({ events: 0, oldest_ms: 0, at_least: false });
});

test('an event that is behind since long ago counts as that old, whatever has happened since', async () => {
  const [id = ''] = await open();
  const longAgo = new Date(Date.now() - 3_600_000);
  await eventRows(databases.write).updateOne(
    { stream_id: `${streamType}-${id}` },
    { $set: { recorded_at: longAgo } },
  );
  await open(5);
  await relay(kept);
  const behind = await waitFor('all six', async () => {
    const seen = await lookWith(newMeter());
    return seen.events === 6 && seen;
  });
  expect(behind.oldest_ms).toBeGreaterThanOrEqual(3_600_000);
});

test('an event that is put back and lost once more is found by reconcile, though it has passed it', async () => {
  await refuse({ version: { $gt: 1_000 } });
  const [id = ''] = await open();
  await relay(kept);
  await consume(config.MAX_ATTEMPTS);
  await runReconcile(kept);
  await refuse({});
  const event = await asRow(id);
  await markReplayed(databases.read, subscription, [{ messageId: 'm-0', eventId: event?._id ?? '' }]);
  kept.queue.lose();
  await waitFor('it to be counted', async () => (await lookWith(newMeter())).retrying === 1);
  await runReconcile(kept);
  expect(await documents().countDocuments({ _id: id })).toBe(1);
});

test('an event that was lost is counted though younger ones follow it in the log', async () => {
  const [, young = ''] = await open(2);
  await relay(kept);
  kept.queue.lose();
  const later = new Date(Date.now() + 60_000);
  await eventRows(databases.write).updateOne(
    { stream_id: `${streamType}-${young}` },
    { $set: { recorded_at: later, published_at: later } },
  );
  const behind = await waitFor('the lost one', async () => {
    const seen = await lookWith(newMeter());
    return seen.events > 0 && seen;
  });
  expect(behind).toMatchObject({ events: 1, waiting: 1 });
});

test('a parked event that is put back and lost on the queue is found by reconcile, though it has passed it', async () => {
  const [id = ''] = await open();
  await relay(kept, { publisher: refusing, maxAttempts: 1 });
  await runReconcile(kept);
  await unpark(databases.write);
  await pausesPass(kept);
  await relay(kept);
  kept.queue.lose();
  await waitFor('it to be counted', async () => (await lookWith(newMeter())).waiting === 1);
  await runReconcile(kept);
  expect(await documents().countDocuments({ _id: id })).toBe(1);
});

test('a dead letter of a type that nobody knows here is behind, though reconcile has passed it', async () => {
  await open();
  await eventRows(databases.write).updateMany({}, { $set: { type: `${streamType}Exploded` } });
  await relay(kept, { subscriptionsOf: catalogue.subscriptionsOf });
  await consume(config.MAX_ATTEMPTS);
  expect(await runReconcile(kept)).toMatchObject({ scanned: 1, failed: 0 });
  const behind = await waitFor('it to be counted', async () => {
    const seen = await lookWith(newMeter());
    return seen.events > 0 && seen;
  });
  expect(behind).toMatchObject({ events: 1, dead: 1 });
});

test('an event that an operator has discarded is behind no more', async () => {
  const [id = ''] = await open();
  await relay(kept);
  await waitFor('it to be counted', async () => (await lookWith(newMeter())).waiting === 1);
  const event_id = (await asRow(id))?._id ?? '';
  await databases.read
    .collection<{ _id: string }>(discardedLettersCollection)
    .insertOne({ _id: randomUUID(), subscription, event_id, reason: 'a test' } as { _id: string });
  expect(isWithin(await lookWith(newMeter()))).toBe(true);
  // Put back by hand, it has failed again.
  const failure = {
    messageId: 'm',
    eventId: event_id,
    body: '{}',
    attempts: 5,
    dead: true,
    error: new Error('x'),
  };
  await recordFailures(databases.read, subscription, [failure]);
  expect(await lookWith(newMeter())).toMatchObject({ events: 1, dead: 1 });
});

test('of a very long backlog it says how many it has looked at, and that there are more', async () => {
  await open(1);
  const [row] = await eventRows(databases.write).find().toArray();
  if (row === undefined) throw new Error('one was created');
  const rows = Array.from({ length: 5_000 }, () => {
    const id = randomUUID();
    return { ...row, _id: id, stream_id: `${streamType}-${id}` };
  });
  await eventRows(databases.write).insertMany(rows);
  await relay(kept, { batchSize: 1_000 });
  const behind = await lookWith(newMeter());
  expect(behind.at_least).toBe(true);
  expect(behind.events).toBeGreaterThanOrEqual(2_000);
  // One that has all of them, and takes its time to say so.
  let asked = 0;
  const slow = async () => {
    asked += 1;
    await wait(400);
    return [];
  };
  expect(await lookWith(newMeter({ ...projector(), findMissing: slow }))).toMatchObject({
    events: 0,
    at_least: true,
  });
  expect(asked).toBeLessThan(6);
});
