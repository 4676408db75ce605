// Source: lib/core/stores/event-log.ts.
import { beforeEach, expect, test } from 'vitest';
import type { EventRow } from '../../lib/core/events.ts';
import {
  appendPositions,
  closePositions,
  nextPosition,
  openPositions,
  positionsCollection,
  readAll,
  readKeys,
  removeEmptyBatches,
} from '../../lib/core/stores/event-log.ts';
import { eventRows } from '../../lib/core/stores/event-rows.ts';
import { useDatabases } from '../support/database.ts';

const databases = useDatabases();
const nameOf = (position: number): string => `e-${position}`;
const named = (from: number, to: number): string[] =>
  Array.from({ length: to - from + 1 }, (_, at) => nameOf(from + at));

/** Batches of these places; the rows of `gone` are not there any more. */
const open = async (batches: [from: number, to: number][], gone: number[] = []): Promise<void> => {
  for (const [from, to] of batches) await appendPositions(databases.write, from, named(from, to));
  const ids = batches.flatMap(([from, to]) => named(from, to)).filter((id) => !gone.map(nameOf).includes(id));
  // The newest first: their order is that of the log all the same.
  const rows = ids.map((_id) => ({ _id, type: 'Happened', data: { secret: _id } }) as EventRow);
  await eventRows(databases.write).insertMany(rows.toReversed());
};
const read = async (from: number, limit: number) => {
  const { events, next } = await readAll(databases.write, from, limit);
  return { places: events.map(({ _id, position }) => [_id, position]), next };
};
const placed = (from: number, to: number) => named(from, to).map((id, at) => [id, from + at]);

beforeEach(async () => {
  await databases.write.collection('positions').deleteMany({});
  await eventRows(databases.write).deleteMany({});
});

test('the log is read in order, from any place on, about as many as are wanted and always whole batches', async () => {
  await open([
    [1, 3],
    [4, 4],
    [5, 8],
  ]);
  expect(await read(1, 3)).toEqual({ places: placed(1, 3), next: 4 });
  expect(await read(1, 4)).toEqual({ places: placed(1, 4), next: 5 });
  expect(await read(3, 3)).toEqual({ places: placed(3, 8), next: 9 });
  expect(await read(6, 100)).toEqual({ places: placed(6, 8), next: 9 });
  expect(await read(9, 100)).toEqual({ places: [], next: 9 });
  expect(await nextPosition(databases.write)).toBe(9);
});

test('who asks for what is beyond the end of the log stays there, and an empty log begins at 1', async () => {
  expect(await nextPosition(databases.write)).toBe(1);
  expect(await read(1, 10)).toEqual({ places: [], next: 1 });
  await open([[1, 2]]);
  expect(await read(100, 10)).toEqual({ places: [], next: 100 });
});

test('what has gone is left out, and where to go on is the same', async () => {
  await open(
    [
      [1, 2],
      [7, 9],
    ],
    [2, 8],
  );
  expect(await read(1, 10)).toEqual({
    places: [
      ['e-1', 1],
      ['e-7', 7],
      ['e-9', 9],
    ],
    next: 10,
  });
  expect(await read(4, 10)).toEqual({
    places: [
      ['e-7', 7],
      ['e-9', 9],
    ],
    next: 10,
  });
});

test('the keys of events come without what is in the events', async () => {
  await open([[1, 2]]);
  const { events, next } = await readKeys(databases.write, 2, 10);
  expect([events, next]).toEqual([[{ _id: 'e-2', type: 'Happened', position: 2 }], 3]);
});

test('a database that takes no positions is not taken for another relay', async () => {
  await open([[1, 2]]);
  const { write } = databases;
  await write.command({ collMod: positionsCollection, validator: { _id: 'none' } });
  await expect(appendPositions(write, 3, ['other'])).rejects.toMatchObject({ code: 121 });
  await write.command({ collMod: positionsCollection, validator: {} });
});

test('a place is given once, and a batch is open until it is closed', async () => {
  await open([
    [1, 2],
    [3, 3],
  ]);
  await expect(appendPositions(databases.write, 3, ['other'])).rejects.toMatchObject({ code: 'lease_lost' });
  expect((await openPositions(databases.write)).map(({ _id }) => _id)).toEqual([1, 3]);
  await closePositions(databases.write, 1);
  expect(await openPositions(databases.write)).toEqual([{ _id: 3, event_ids: ['e-3'], open: true }]);
});

test('batches of which nothing is left go, but for those elsewhere and the last one, which tells what comes next', async () => {
  await open(
    [
      [1, 2],
      [3, 4],
      [5, 6],
      [7, 8],
    ],
    [1, 2, 3, 5, 6, 7, 8],
  );
  const left = () => databases.write.collection('positions').distinct('_id');
  await removeEmptyBatches(databases.write, 1, 5);
  expect(await left()).toEqual([3, 5, 7]);
  await removeEmptyBatches(databases.write, 5, 9);
  expect(await left()).toEqual([3, 7]);
  expect(await nextPosition(databases.write)).toBe(9);
});
