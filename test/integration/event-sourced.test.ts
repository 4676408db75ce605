import { expect, test } from 'vitest';
import { eventSourced, snapshotsCollection } from '../../lib/core/stores/event-sourced.ts';
import { counterDecider, counterEvents, counterState } from '../support/counter.ts';
import { useDatabases } from '../support/database.ts';

const databases = useDatabases();
const metadata = { command_id: 'c', correlation_id: 'c', causation_id: 'c' };
const snapshots = () =>
  databases.write.collection<{ _id: string; state: object; updated_at: Date }>(snapshotsCollection);

/** A snapshot after each event, or after each so many. */
const open = (every = 1) =>
  eventSourced({
    db: databases.write,
    streamType: 'Tally',
    decider: counterDecider,
    eventTypes: counterEvents,
    snapshots: { every, state: counterState.data },
  });

const append = async (id: string, by: number, { every = 1, times = 1 } = {}) => {
  const store = open(every);
  const { state, ...from } = await store.load(id);
  // As if the one before had been recorded long ago.
  const earlier = from.updated_at === undefined ? {} : { updated_at: new Date(0) };
  const next = { total: (state?.total ?? 0) + by * times };
  const events = Array.from({ length: times }, () => ({ type: 'Counted', data: { by } }) as const);
  return store.append(id, { from: { ...from, ...earlier, state }, next, events, metadata });
};

test('a snapshot has the time of the last event, and the one of the first as that of its creation', async () => {
  const [first] = await append('times', 1);
  const [last] = await append('times', 2);
  expect(await snapshots().findOne({ _id: 'Tally-times' })).toEqual({
    _id: 'Tally-times',
    state: { total: 3 },
    version: 2,
    created_at: first?.recorded_at,
    updated_at: last?.recorded_at,
  });
});

test('a snapshot with more in it than today reads is thrown away, and the state is folded anew', async () => {
  await append('more', 1);
  await snapshots().updateOne({ _id: 'Tally-more' }, { $set: { state: { total: 99, colour: 'red' } } });
  expect(await open().load('more')).toMatchObject({ state: { total: 1 }, version: 1 });
  await snapshots().updateOne({ _id: 'Tally-more' }, { $set: { state: { total: 99 } } });
  expect(await open().load('more')).toMatchObject({ state: { total: 99 }, version: 1 });
});

test('a snapshot is taken by the append that goes past its turn, and by no other', async () => {
  const taken = async (times: number) => {
    await append('turns', 1, { every: 3, times });
    return (await snapshots().findOne({ _id: 'Tally-turns' }))?.state;
  };
  expect(await taken(2)).toBeUndefined();
  expect(await taken(2)).toEqual({ total: 4 });
  expect(await taken(1)).toEqual({ total: 4 });
  expect(await taken(1)).toEqual({ total: 6 });
  expect(await taken(7)).toEqual({ total: 13 });
});
