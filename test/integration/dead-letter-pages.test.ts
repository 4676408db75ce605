import { beforeAll, expect, test } from 'vitest';
import { recordFailures } from '../../lib/core/dead-letters/records.ts';
import { eventRows } from '../../lib/core/stores/event-rows.ts';
import { endpointRoutes } from '../../lib/platform/http/endpoint-route.ts';
import { httpHandler } from '../../lib/platform/http/stack.ts';
import { deadLetterEndpoints } from '../../lib/platform/ops/dead-letters.ts';
import { deadLetters } from '../../lib/platform/ops/schemas/dead-letters.ts';
import { call, hushFunctions } from '../support/call.ts';
import { useDatabases } from '../support/database.ts';

const databases = useDatabases();

const ask = async (query: Record<string, string>) => {
  const routes = endpointRoutes(deadLetterEndpoints, { writeDb: databases.write, readDb: databases.read });
  const answer = await call(httpHandler(routes), 'GET /dead-letters', {}, { query });
  expect(answer.status).toBe(200);
  const page = deadLetters.parse(answer.body);
  expect(answer.headers['link'] !== undefined).toBe(page.next_cursor !== null);
  return page;
};

/** Every page of it. */
const pages = async (asked: Record<string, string>) => {
  const found: Awaited<ReturnType<typeof ask>>[] = [];
  let query: Record<string, string> | undefined = asked;
  while (query !== undefined) {
    const page: Awaited<ReturnType<typeof ask>> = await ask(query);
    found.push(page);
    query = page.next_cursor === null ? undefined : { ...asked, after: page.next_cursor };
  }
  return found;
};

const failuresOf = (names: string[]) =>
  names.map((name, n) => ({
    messageId: `${name}-${n}`,
    eventId: `${name}-${n}`,
    body: '{}',
    attempts: 5,
    dead: true,
    error: Object.assign(new Error('failed'), { name }),
  }));

beforeAll(async () => {
  hushFunctions();
  // Three of one moment, as a batch has them, and two of a later one.
  await recordFailures(databases.read, 'first', failuresOf(['A', 'B', 'C', 'A', 'A']));
  await recordFailures(databases.read, 'second', failuresOf(['A', 'D']));
  const parked = Array.from({ length: 5 }, (_, n) => ({
    _id: `parked-${n}`,
    stream_id: `Any-${n}`,
    stream_type: 'Any',
    version: 1,
    type: 'Happened',
    schema_version: 1,
    data: {},
    metadata: { command_id: 'c', correlation_id: `correlation-${n}`, causation_id: 'c' },
    recorded_at: new Date(),
    parked_at: new Date(Math.floor(n / 2)),
    attempts: 3,
    error: 'queue: refused',
  }));
  await eventRows(databases.write).insertMany(parked);
});

test('causes are read page by page, the latest first, each once, with its letters', async () => {
  const found = await pages({ limit: '2' });
  const groups = found.flatMap((page) => page.groups);
  expect(found.map((page) => page.groups.length)).toEqual([2, 2, 1]);
  expect(groups.map(({ subscription }) => subscription)).toEqual([
    'second',
    'second',
    'first',
    'first',
    'first',
  ]);
  expect(groups.map(({ error, count }) => `${error.name} ${count}`).toSorted()).toEqual([
    'A 1',
    'A 3',
    'B 1',
    'C 1',
    'D 1',
  ]);
  for (const { letters, count } of groups) expect(letters).toHaveLength(count);
  expect(found.map(({ parked }) => parked.length)).toEqual([2, 0, 0]);
});

test('the letters of one cause of one subscription are read page by page, each once', async () => {
  const { groups } = await ask({ subscription: 'first' });
  expect(groups.map(({ subscription }) => subscription)).toEqual(['first', 'first', 'first']);
  const fingerprint = groups.find(({ count }) => count === 3)?.fingerprint ?? '';
  const found = await pages({ subscription: 'first', fingerprint, limit: '2' });
  expect(
    found.map((page) => page.groups.map(({ count, error, letters }) => [count, error.name, letters.length])),
  ).toEqual([[[3, 'A', 2]], [[3, 'A', 1]]]);
  const ids = found.flatMap((page) =>
    page.groups.flatMap(({ letters }) => letters.map(({ event_id }) => event_id)),
  );
  expect(ids).toEqual(['A-4', 'A-3', 'A-0']);
});

test('events that a queue refused for good are read page by page, the latest first, each once', async () => {
  const found = await pages({ subscription: 'relay', limit: '2' });
  expect(found.flatMap(({ parked }) => parked.map(({ event_id }) => event_id))).toEqual(
    [4, 3, 2, 1, 0].map((n) => `parked-${n}`),
  );
  expect(found.map(({ groups, parked }) => [groups.length, parked.length])).toEqual([
    [0, 2],
    [0, 2],
    [0, 1],
  ]);
});
