// Source: lib/core/ops/aggregate.ts.
import { expect, test } from 'vitest';
import type { Stream } from '../../lib/core/domains/domain.ts';
import type { RecordedEvent } from '../../lib/core/events.ts';
import { compareAggregate, lastVersionOf, mendAggregate, stateAt } from '../../lib/core/ops/aggregate.ts';
import { createProjector } from '../../lib/core/projection/projector.ts';
import { openReadModel } from '../../lib/core/projection/read-model.ts';
import { noneApplied } from '../../lib/core/projection/subscriber.ts';
import { eventRows } from '../../lib/core/stores/event-rows.ts';
import { settingsFrom } from '../../lib/platform/settings.ts';
import { count, counterDecider, counterEvents, counterModel, counterState } from '../support/counter.ts';
import { useDatabases } from '../support/database.ts';
import { context, openCounters, setUpStore } from '../support/stores.ts';

const databases = useDatabases();
const counters: Stream = {
  type: 'Counter',
  eventTypes: counterEvents,
  evolution: counterDecider,
  store: 'state',
  state: counterState,
  load: (db, id) => openCounters(db).load(id),
};

/** A counter that went to 1, 3, 6. */
const counted = async () => {
  const { handle, id } = setUpStore(openCounters(databases.write));
  for (const step of [1, 2, 3]) await handle({ id, command: count(step) }, context());
  const stream_id = `Counter-${id}`;
  const at = (version: number, isLast = false) =>
    stateAt(databases.write, counters, stream_id, { version, isLast });
  return { id, stream_id, at };
};
const rows = () => eventRows(databases.write);

test('a state is folded up to its version, and the last one is what the store has', async () => {
  const { id, at, stream_id } = await counted();
  expect(await at(0)).toEqual({ state: null, error: null });
  expect(await at(2)).toEqual({ state: { total: 3 }, error: null });
  expect(await at(3)).toEqual({ state: { total: 6 }, error: null });
  const stored = databases.write.collection<{ _id: string }>('counters');
  await stored.updateOne({ _id: id }, { $set: { total: 77 } });
  expect([await at(3), await at(3, true)]).toMatchObject([{ state: { total: 6 } }, { state: { total: 77 } }]);
  const { load: _, ...sourced } = counters;
  expect(await stateAt(databases.write, sourced, stream_id, { version: 3, isLast: true })).toMatchObject({
    state: { total: 6 },
  });
});

test('a state that cannot be told comes with the reason', async () => {
  const { stream_id, at } = await counted();
  expect(await at(4)).toEqual({ state: null, error: 'Its event 4 is not there any more' });
  expect(await at(10_001)).toEqual({ state: null, error: 'It is folded from up to 10000 events' });
  expect((await at(10_000)).error).toContain('Its event 4');
  await rows().updateOne({ stream_id, version: 2 }, { $set: { type: 'Unheard' } });
  expect([await at(1), await at(2)]).toEqual([
    { state: { total: 1 }, error: null },
    { state: null, error: 'No event type Unheard is known here' },
  ]);
  await rows().deleteOne({ stream_id, version: 1 });
  expect(await at(2)).toEqual({ state: null, error: 'Its event 1 is not there any more' });
});

test('a stream is at the version of its last event, and one that never was is not found', async () => {
  const { stream_id } = await counted();
  expect(await lastVersionOf(databases.write, stream_id)).toBe(3);
  await expect(lastVersionOf(databases.write, 'Counter-never')).rejects.toMatchObject({ code: 'not_found' });
});

test('a read document is shown beside what a replay gives, with the fields that differ, and is put right', async () => {
  const { id, stream_id } = await counted();
  const { write: writeDb, read: readDb } = databases;
  const model = openReadModel(counterModel, { writeDb, readDb, settings: settingsFrom({}) });
  const subscriber = createProjector('counting', [model]);
  const subscribers = [{ subscriber, hears: Object.keys(counterEvents) }];
  const compare = async () => (await compareAggregate(writeDb, [model], stream_id))[0];
  const mend = () => mendAggregate({ writeDb, models: [model], subscribers }, stream_id);
  const replayed = expect.objectContaining({ _id: id, version: 3, total: 6 });
  const about = { projection: 'counters', collection: 'counter_views', schema_version: 1, id, error: null };
  expect(await compare()).toMatchObject({
    ...about,
    stored: null,
    replayed,
    differing: expect.arrayContaining(['total']),
  });
  expect(await mend()).toBe(1);
  expect(await compare()).toEqual({ ...about, stored: replayed, replayed, differing: [] });
  await model.collection.updateOne({ _id: id }, { $set: { total: 5, note: null, colour: 'red' } as object });
  expect((await compare())?.differing).toEqual(['total', 'colour']);
  expect([await mend(), (await compare())?.differing, await mend()]).toEqual([1, [], 0]);
  await databases.write
    .collection<{ _id: string }>('counters')
    .updateOne({ _id: id }, { $set: { schema_version: 9 } });
  expect(await compare()).toMatchObject({
    replayed: null,
    differing: [],
    error: `The state of ${stream_id} version 9 is newer than this code`,
  });
});

test('what a subscriber has missed of an aggregate is applied by a mending, and counted', async () => {
  const { stream_id } = await counted();
  const missed = new Set([1, 3]);
  const taken: number[][] = [];
  const subscriber = {
    name: 'noting',
    apply: async (events: RecordedEvent[]) => {
      taken.push(events.map(({ version }) => version));
      for (const { version } of events) missed.delete(version);
      return { ...noneApplied(), applied: events };
    },
    findMissing: async <E extends { version: number }>(events: E[]) =>
      events.filter(({ version }) => missed.has(version)),
  };
  const mend = (hears: string[]) =>
    mendAggregate({ writeDb: databases.write, models: [], subscribers: [{ subscriber, hears }] }, stream_id);
  expect([await mend(['Other']), await mend(['Counted']), await mend(['Counted'])]).toEqual([0, 2, 0]);
  missed.add(2);
  expect(await mend(['Counted'])).toBe(1);
  expect(taken).toEqual([[1, 3], [2]]);
});

test('of a long history the last thousand events are looked at, one by one in their order, whatever is mended first', async () => {
  const { stream_id, id } = await counted();
  const { write: writeDb, read: readDb } = databases;
  const [first] = await rows().find({ stream_id }).toArray();
  if (first === undefined) throw new Error('it has counted');
  const of = (version: number) => ({ ...first, _id: `${stream_id}-${version}`, version });
  await rows().insertMany([1_002, 900].map(of));
  const ground = { writeDb, readDb, settings: settingsFrom({}) };
  const opened = openReadModel(counterModel, ground);
  const looked: number[] = [];
  const model = {
    ...opened,
    source: {
      ...opened.source,
      ofAggregate: (one: string, since: number) => {
        looked.push(since);
        return opened.source.ofAggregate(one, since);
      },
    },
  };
  const other = openReadModel({ ...counterModel, collection: 'other_views' }, ground);
  const taken: number[] = [];
  const subscriber = {
    name: 'noting',
    apply: async (events: RecordedEvent[]) => {
      taken.push(...events.map(({ version }) => version));
      return { ...noneApplied(), applied: events.slice(1) };
    },
    findMissing: async <E>(events: E[]) => events,
  };
  const subscribers = [{ subscriber, hears: ['Counted'] }];
  // Two documents are missing, and of three events one is applied by somebody else meanwhile.
  expect(await mendAggregate({ writeDb, models: [model, other], subscribers }, stream_id)).toBe(4);
  expect(await compareAggregate(writeDb, [model], stream_id)).toMatchObject([{ id, differing: [] }]);
  expect([looked, taken]).toEqual([
    [3, 3],
    [3, 900, 1_002],
  ]);
});
