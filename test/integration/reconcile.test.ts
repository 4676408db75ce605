import { setTimeout as wait } from 'node:timers/promises';
import { beforeEach, expect, test } from 'vitest';
import { createCheckpoint } from '../../lib/core/checkpoint.ts';
import { recordDiscarded } from '../../lib/core/dead-letters/discarded.ts';
import { forgetFailures, recordFailures } from '../../lib/core/dead-letters/records.ts';
import type { EventRow } from '../../lib/core/events.ts';
import type { Subscriber } from '../../lib/core/projection/subscriber.ts';
import { reconcile, reconciledUpTo } from '../../lib/core/repair/reconcile.ts';
import { replay } from '../../lib/core/repair/replay.ts';
import { listWatched, watchEvents } from '../../lib/core/repair/watch-list.ts';
import { appendPositions } from '../../lib/core/stores/event-log.ts';
import { eventRows } from '../../lib/core/stores/event-rows.ts';
import { useDatabases } from '../support/database.ts';
import { instrument } from '../support/instrument.ts';

const databases = useDatabases();
const name = 'one';
const graceMs = 60_000;
const longAgo = () => new Date(Date.now() - 10 * graceMs);

const row = (_id: string, fields: Partial<EventRow> = {}): EventRow => ({
  _id,
  stream_id: `Any-${_id}`,
  stream_type: 'Any',
  version: 1,
  type: 'Happened',
  schema_version: 1,
  data: {},
  metadata: { command_id: 'c', correlation_id: 'c', causation_id: 'c' },
  recorded_at: longAgo(),
  ...fields,
});
const published = (_id: string) => row(_id, { published_at: longAgo() });

beforeEach(async () => {
  for (const db of [databases.write, databases.read])
    for (const { name: collection } of await db.listCollections().toArray())
      await db.collection(collection).deleteMany({});
});

/** A log of these events, and a subscriber that keeps what it takes and cannot take what is `bad`. */
const open = async (rows: EventRow[]) => {
  await eventRows(databases.write).insertMany(rows);
  await appendPositions(
    databases.write,
    1,
    rows.map(({ _id }) => _id),
  );
  const [applied, bad, tried] = [new Set<string>(), new Set<string>(), [] as string[]];
  const subscriber: Subscriber = {
    name,
    async apply(events) {
      tried.push(...events.map(({ event_id }) => event_id));
      const failed = events.filter(({ event_id }) => bad.has(event_id));
      const taken = events.filter(({ event_id }) => !bad.has(event_id));
      for (const { event_id } of taken) applied.add(event_id);
      const failures = new Map(failed.map(({ event_id }) => [event_id, new Error(`${event_id} is bad`)]));
      return { applied: taken, duplicates: 0, failures };
    },
    findMissing: async (events) => events.filter(({ event_id }) => !applied.has(event_id)),
  };
  const told = { healed: [] as string[], failed: [] as string[] };
  const run = (readDb = databases.read) =>
    reconcile({
      writeDb: databases.write,
      readDb,
      subscribers: [{ subscriber, hears: ['Happened'] }],
      graceMs,
      timeLeftMs: () => 60_000,
      onFailed: async (_, events) => void told.failed.push(...events.map(({ event_id }) => event_id)),
      onHealed: (_, { event_id }) => void told.healed.push(event_id),
    });
  return { run, applied, bad, tried, told, subscriber };
};

test('what is missing is applied, counted and told, and what has been looked at is not looked at again', async () => {
  const { run, applied, tried, told } = await open([published('a'), published('b'), published('c')]);
  applied.add('b');
  const sound = { failed: 0, position: 4, watched: 0, done: true };
  expect(await run()).toEqual({ scanned: 3, healed: { one: 2 }, ...sound });
  expect([tried, told]).toEqual([['a', 'c'], { healed: ['a', 'c'], failed: [] }]);
  applied.clear();
  expect(await run()).toEqual({ scanned: 0, healed: {}, ...sound });
});

test('what may be on its way still is waited for, with all that comes after it', async () => {
  const young = row('young', { published_at: new Date() });
  const { run, tried } = await open([published('a'), young, published('b')]);
  expect(await run()).toMatchObject({ scanned: 1, position: 2, done: true });
  expect(tried).toEqual(['a']);
  const pending = { $unset: { published_at: true }, $set: { pending: true } } as const;
  await eventRows(databases.write).updateOne({ _id: 'young' }, pending);
  expect(await run()).toMatchObject({ scanned: 0, position: 2 });
});

test('what cannot be applied is told, and looked at again until it can', async () => {
  const { run, bad, told } = await open([published('a'), published('b')]);
  bad.add('a');
  expect(await run()).toMatchObject({ scanned: 2, healed: { one: 1 }, failed: 1, watched: 0, position: 3 });
  expect(told).toEqual({ healed: ['b'], failed: ['a'] });
  expect(await run()).toMatchObject({ scanned: 0, failed: 1, watched: 1 });
  bad.clear();
  expect(await run()).toMatchObject({ healed: { one: 1 }, failed: 0, watched: 1 });
  expect(await run()).toMatchObject({ healed: {}, watched: 0 });
});

test('a dead letter that was told of is left to the operators, and is looked at again when it is none', async () => {
  const { run, bad, tried } = await open([published('a')]);
  bad.add('a');
  await run();
  const letter = { messageId: 'm', eventId: 'a' };
  const failure = { ...letter, body: '{}', attempts: 5, dead: true, error: new Error('bad') };
  await recordFailures(databases.read, name, [failure]);
  expect(await run()).toMatchObject({ failed: 0, watched: 1 });
  expect(tried).toEqual(['a']);
  await forgetFailures(databases.read, name, [letter]);
  bad.clear();
  expect(await run()).toMatchObject({ healed: { one: 1 }, watched: 1 });
});

test('what an operator has discarded is neither applied nor watched', async () => {
  const { run, tried } = await open([published('a'), published('b')]);
  await recordDiscarded(databases.read, name, [{ messageId: 'm', eventId: 'a', body: '{}' }], 'by hand');
  expect(await run()).toMatchObject({ scanned: 2, healed: { one: 1 }, failed: 0 });
  expect(await run()).toMatchObject({ watched: 0 });
  expect(tried).toEqual(['b']);
});

test('a parked event is passed, and applied once it was put back and published', async () => {
  const { run, tried } = await open([row('parked', { parked_at: longAgo() }), published('b')]);
  expect(await run()).toMatchObject({ scanned: 2, healed: { one: 1 }, position: 3 });
  expect(await run()).toMatchObject({ healed: {}, watched: 1 });
  const putBack = { $unset: { parked_at: true }, $set: { published_at: longAgo() } } as const;
  await eventRows(databases.write).updateOne({ _id: 'parked' }, putBack);
  expect(await run()).toMatchObject({ healed: { one: 1 }, watched: 1 });
  expect(tried).toEqual(['b', 'parked']);
});

test('what is answered is kept by then, though the database is slow', async () => {
  const { run } = await open([published('a'), published('b')]);
  const slow = instrument(async (call) => {
    await wait(20);
    return call();
  });
  const { position } = await run(slow.db(databases.read));
  expect(await reconciledUpTo(databases.read)).toBe(position);
});

test('of what is watched, what was looked at longest ago comes first', async () => {
  for (const id of ['a', 'b', 'c', 'a']) {
    await watchEvents(databases.read, [id]);
    await wait(2);
  }
  expect(await listWatched(databases.read, 2)).toEqual(['b', 'c']);
});

test('a replay from another position is another one, and one that was cut off goes on', async () => {
  const { subscriber, tried, bad } = await open([
    published('a'),
    published('b'),
    published('c'),
    row('d', { type: 'Other' }),
  ]);
  const told: number[] = [];
  const replayFrom = (from: number, leftMs = 60_000) =>
    replay({
      ...{ writeDb: databases.write, readDb: databases.read, subscriber, hears: ['Happened'], from },
      timeLeftMs: () => leftMs,
      onProgress: (position) => void told.push(position),
    });
  expect(await replayFrom(1, 0)).toMatchObject({ from: 1, position: 1, done: false });
  const answer = {
    subscription: name,
    from: 3,
    position: 5,
    scanned: 2,
    applied: 1,
    duplicates: 0,
    failed: 0,
    done: true,
  };
  expect(await replayFrom(3)).toEqual(answer);
  expect([tried, told]).toEqual([['c'], [5]]);
  bad.add('b');
  expect(await replayFrom(1)).toEqual({ ...answer, from: 1, scanned: 4, applied: 2, failed: 1 });
  // Once it is through, the next one begins anew.
  bad.clear();
  expect(await replayFrom(1)).toEqual({ ...answer, from: 1, scanned: 4, applied: 3 });
  // As far as it came, it is gone on with.
  await createCheckpoint(databases.read, `replay:${name}`).save({
    ...answer,
    from: 1,
    position: 3,
    done: false,
    failed: 7,
  });
  expect(await replayFrom(1)).toEqual({ ...answer, from: 1, scanned: 4, applied: 2, failed: 7 });
});
