// Source: lib/core/projection/lag.ts.
import { expect, test } from 'vitest';
import { lagsCollection, recordLags, summarizeLags } from '../../lib/core/projection/lag.ts';
import { useDatabases } from '../support/database.ts';

const databases = useDatabases();
const minute = 60_000;
const times = (count: number, lagMs: number): number[] => Array.from({ length: count }, () => lagMs);
const record = (subscription: string, lagsMs: number[], now?: Date) =>
  recordLags(databases.read, subscription, lagsMs, now);
const summaryOf = async (subscription: string, minutes = 5) =>
  (await summarizeLags(databases.read, minutes)).get(subscription);

test('half, 95 and 99 of a hundred have taken effect within the bounds that are told, whoever has counted them', async () => {
  const lagsMs = [...times(50, 1), ...times(45, 2), ...times(4, 450), ...times(1, 4_000_000)];
  // As many containers do, a few each.
  for (let at = 0; at < lagsMs.length; at += 4) await record('many', lagsMs.slice(at, at + 4));
  await record('other', times(300, 60_000));
  expect(await summaryOf('many')).toEqual({ count: 100, p50_ms: 1, p95_ms: 2, p99_ms: 500 });
  await record('many', [4_000_000]);
  const beyond = Number.MAX_SAFE_INTEGER;
  expect(await summaryOf('many')).toEqual({ count: 101, p50_ms: 2, p95_ms: 500, p99_ms: beyond });
});

test.each([
  [0, 1],
  [10, 10],
  [11, 15],
  [3_600_000, 3_600_000],
  [3_600_001, Number.MAX_SAFE_INTEGER],
])('a lag of %i ms is told as one of up to %i ms', async (lagMs, bound) => {
  await record(`one-${lagMs}`, [lagMs]);
  expect(await summaryOf(`one-${lagMs}`)).toEqual({ count: 1, p50_ms: bound, p95_ms: bound, p99_ms: bound });
});

test('what is longer ago than was asked for does not count, and of nothing nothing is told', async () => {
  await record('old', times(7, 5), new Date(Date.now() - 10 * minute));
  await record('none', []);
  expect(await summaryOf('old', 9)).toBeUndefined();
  expect(await summaryOf('old', 12)).toMatchObject({ count: 7 });
  expect(await summaryOf('none', 60)).toBeUndefined();
});

test('the counts of a minute stand in a few documents of that minute', async () => {
  const now = new Date('2026-11-22T10:11:59.999Z');
  for (let batch = 0; batch < 40; batch += 1) await record('minute', times(3, 5), now);
  const found = await databases.read.collection(lagsCollection).find({ subscription: 'minute' }).toArray();
  expect(found.length).toBeGreaterThan(1);
  expect(found.length).toBeLessThanOrEqual(8);
  for (const row of found) expect(row['minute']).toEqual(new Date('2026-11-22T10:11:00Z'));
});
