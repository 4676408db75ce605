// What the relay finds to send, whatever index there is. Source: lib/core/relay/pending.ts.
import { MongoClient } from 'mongodb';
import { beforeEach, expect, test } from 'vitest';
import type { EventRow } from '../../lib/core/events.ts';
import { isPending, newEvents } from '../../lib/core/relay/pending.ts';
import { eventRows } from '../../lib/core/stores/event-rows.ts';
import { useDatabases } from '../support/database.ts';

const databases = useDatabases();
const noon = Date.UTC(2026, 10, 21, 12);
const rows = () => eventRows(databases.write);

const insert = (...events: [id: string, secondsAfterNoon: number, version: number, more?: object][]) =>
  rows().insertMany(
    events.map(([_id, seconds, version, more]) => {
      const recorded_at = new Date(noon + seconds * 1_000);
      return { _id, version, recorded_at, pending: true, ...more } as EventRow;
    }),
  );

const listed = async (batchSize: number): Promise<string[][]> => {
  const found: string[][] = [];
  for await (const batch of newEvents(databases.write, batchSize)) found.push(batch.map(({ _id }) => _id));
  return found;
};

beforeEach(() => rows().deleteMany({}));

test('the oldest comes first, and of one moment the lower version, however they were written', async () => {
  await insert(['c', 1, 3], ['a', 1, 1], ['d', 2, 1], ['b', 1, 2], ['first', 0, 9]);
  expect((await listed(2)).flat()).toEqual(['first', 'a', 'b', 'c', 'd']);
  expect(Math.max(...(await listed(2)).map(({ length }) => length))).toBe(2);
});

test('what was sent, or waits for another attempt, is no new event; what waits keeps the relay awake', async () => {
  await insert(['sent', 0, 1]);
  await rows().updateOne({ _id: 'sent' }, { $unset: { pending: true } });
  expect([await listed(2), await isPending(databases.write)]).toEqual([[], false]);
  await insert(['waits', 0, 1, { next_attempt_at: new Date(0) }]);
  expect([await listed(2), await isPending(databases.write)]).toEqual([[], true]);
});

test('all batches of a look are of one moment: what is committed meanwhile is for the next look', async () => {
  const client = new MongoClient(databases.writeUrl, { monitorCommands: true });
  const levels: unknown[] = [];
  client.on('commandStarted', ({ commandName, command }) => {
    if (commandName === 'find') levels.push(command['readConcern']?.level);
  });
  await insert(['a', 0, 1], ['c', 2, 1], ['d', 3, 1], ['e', 4, 1]);
  const found: string[] = [];
  for await (const batch of newEvents(client.db(), 2)) {
    if (found.length === 0) await insert(['b', 1, 1], ['f', 5, 1]);
    found.push(...batch.map(({ _id }) => _id));
  }
  await client.close();
  expect(found).toEqual(['a', 'c', 'd', 'e']);
  expect(levels).toEqual(['snapshot']);
});
