import { beforeAll, describe, expect, test } from 'vitest';
import { type LogQuery, listEvents } from '../../lib/core/ops/log.ts';
import { positionsCollection } from '../../lib/core/stores/event-log.ts';
import { eventRows } from '../../lib/core/stores/event-rows.ts';
import { useDatabases } from '../support/database.ts';

const databases = useDatabases();
const perBatch = 500;
const batches = 24;
const rare = [3, 499, 500, 501, 4_700, 11_990];
const start = Date.now() - 1_000_000;

/** An event of a log of 12,000; what is not rare has gone. */
const row = (position: number, version: number) => ({
  _id: `e-${position}`,
  stream_id: 'Rare-1',
  stream_type: 'Rare',
  version,
  type: 'Happened',
  schema_version: 1,
  data: {},
  metadata: { command_id: 'c', correlation_id: version % 2 === 0 ? 'even' : 'odd', causation_id: 'c' },
  // Two of one moment each.
  recorded_at: new Date(start + Math.ceil(version / 2)),
});

beforeAll(async () => {
  const places = Array.from({ length: batches }, (_, n) => ({
    _id: n * perBatch + 1,
    event_ids: Array.from({ length: perBatch }, (_, at) => `e-${n * perBatch + 1 + at}`),
  }));
  await databases.write
    .collection<{ _id: number; event_ids: string[] }>(positionsCollection)
    .insertMany(places);
  const rows = rare.map((position, at) => row(position, at + 1));
  const pending = { ...row(0, rare.length + 1), _id: 'not-seen-yet', pending: true as const };
  await eventRows(databases.write).insertMany([...rows, pending]);
});

const walk = async (query: Omit<LogQuery, 'after_position'>) => {
  const pages: (number | null)[][] = [];
  let after_position: number | undefined;
  do {
    const page = await listEvents(databases.write, { ...query, after_position });
    pages.push(page.events.map(({ position }) => position));
    after_position = page.next;
  } while (after_position !== undefined);
  return pages;
};

test.each([
  ['asc', rare],
  ['desc', rare.toReversed()],
] as const)('what is rare in the log is found once each, page by page, %s', async (order, expected) => {
  for (const limit of [1, 2, 100]) {
    const pages = await walk({ order, stream_type: 'Rare', limit });
    expect(pages.flat()).toEqual(expected);
    for (const page of pages) expect(page.length).toBeLessThanOrEqual(limit);
  }
});

test('a page that finds little looks at a part of the log only, and says where to go on', async () => {
  const page = await listEvents(databases.write, { order: 'asc', type: 'Unheard', limit: 5 });
  expect(page).toEqual({ events: [], next: 5_000 });
});

test('the whole log is read without gaps, also when events have gone', async () => {
  expect(await listEvents(databases.write, { order: 'asc', limit: 2, after_position: 498 })).toMatchObject({
    events: [{ position: 499 }, { position: 500 }],
    next: 500,
  });
});

test.each([
  ['asc', [...rare, null]],
  ['desc', [null, ...rare.toReversed()]],
] as const)('a stream is read page by page, %s, with what no relay has seen', async (order, expected) => {
  const whole = await listEvents(databases.write, { order, stream_id: 'Rare-1', limit: 10 });
  expect(whole.events.map(({ position }) => position)).toEqual(expected);
  expect(whole.next).toBeUndefined();
  const pages = await walk({ order, stream_id: 'Rare-1', limit: 2 });
  expect(pages.flat().filter((position) => position !== null)).toEqual(
    order === 'asc' ? rare : rare.toReversed(),
  );
});

test('what one request caused is found without the rest', async () => {
  const { events } = await listEvents(databases.write, { order: 'asc', correlation_id: 'even', limit: 10 });
  expect(events.map(({ version }) => version)).toEqual([2, 4, 6]);
});

describe('requests that went on side by side under one correlation id', () => {
  const placeOfEach = [9_003, 9_001, 9_002, 9_005, 9_004, 9_007, 9_006];

  beforeAll(async () => {
    // All of one moment but the last, which took its time to commit.
    const rows = placeOfEach.map((position, at) => ({
      ...row(position, 1),
      stream_id: `Aside-${at}`,
      metadata: { command_id: 'c', correlation_id: 'aside', causation_id: 'c' },
      recorded_at: new Date(start + (at === 6 ? 0 : 20)),
    }));
    const unseen = Array.from({ length: 5 }, (_, at) => ({
      ...row(0, 1),
      _id: `unseen-${at}`,
      stream_id: `Unseen-${at}`,
      metadata: { command_id: 'c', correlation_id: 'aside', causation_id: 'c' },
      recorded_at: new Date(start + 40),
    }));
    await eventRows(databases.write).insertMany([...rows, ...unseen]);
  });

  test.each(['asc', 'desc'] as const)('are listed in the order of the log, each once, %s', async (order) => {
    const inOrder = placeOfEach.toSorted((one, other) => (order === 'asc' ? one - other : other - one));
    for (const limit of [1, 2, 3, 100]) {
      const pages = await walk({ order, correlation_id: 'aside', limit });
      expect(pages.flat().filter((position) => position !== null)).toEqual(inOrder);
    }
  });
});
