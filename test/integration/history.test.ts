// Source: lib/core/queries/history.ts, trail.ts.
import { beforeAll, expect, test } from 'vitest';
import * as z from 'zod';
import { ensureIndexes, machineWriteIndexes } from '../../lib/core/indexes.ts';
import { historyPaging, historyQuery } from '../../lib/core/queries/history.ts';
import { createTrail } from '../../lib/core/queries/trail.ts';
import { eventRows } from '../../lib/core/stores/event-rows.ts';
import { queryContext } from '../support/context.ts';
import { type CounterEvent, count, counterEvents } from '../support/counter.ts';
import { useDatabases } from '../support/database.ts';
import { context, openCounters, setUpStore } from '../support/stores.ts';

const databases = useDatabases();
const by = z.strictObject({ by: z.int() });
const trail = createTrail<CounterEvent>(counterEvents, {
  Counted: { data: by },
  CountedBack: { data: z.strictObject({ down: z.int() }), of: ({ by: down }) => ({ down }) },
});
const input = z.strictObject({ id: z.string(), ...historyPaging });
const about = { type: 'GetHistory', streamType: 'Counter', input, trail } as const;
const ofEvents = historyQuery(about);
const ofDocuments = historyQuery({ ...about, documents: 'counters' });

beforeAll(() => ensureIndexes(databases.write, machineWriteIndexes));

const ask = (query: typeof ofEvents, id: string, paging: { limit?: string; after_version?: string } = {}) =>
  query.handle(
    { type: 'GetHistory', data: input.parse({ id, ...paging }) },
    { writeDb: databases.write },
    queryContext,
  );

const counted = async (): Promise<string> => {
  const { handle, id } = setUpStore(openCounters(databases.write));
  await handle({ id, command: count(5, -2, 1) }, context());
  return id;
};

test('a history tells each event as it is shown, in order and page by page', async () => {
  const id = await counted();
  const { body, next } = await ask(ofEvents, id);
  expect(next).toBeUndefined();
  expect(
    body.map(({ type, version, data, correlation_id }) => [type, version, data, correlation_id]),
  ).toEqual([
    ['Counted', 1, { by: 5 }, 'contract'],
    ['CountedBack', 2, { down: 2 }, 'contract'],
    ['Counted', 3, { by: 1 }, 'contract'],
  ]);
  expect(ofEvents.answer.parse(body)).toEqual(body);
  const page = await ask(ofEvents, id, { limit: '2' });
  expect([page.body, page.next]).toEqual([body.slice(0, 2), { after_version: '2' }]);
  expect(await ask(ofEvents, id, { limit: '2', after_version: '2' })).toEqual({ body: body.slice(2) });
  expect((await ask(ofEvents, id, { limit: '3' })).next).toBeUndefined();
});

test('a history whose events have gone is empty if the document is there, and not found if nothing is', async () => {
  const id = await counted();
  expect(await ask(ofEvents, id, { after_version: '3' })).toEqual({ body: [] });
  await eventRows(databases.write).deleteMany({ stream_id: `Counter-${id}` });
  expect(await ask(ofDocuments, id)).toEqual({ body: [] });
  await expect(ask(ofEvents, id)).rejects.toMatchObject({
    code: 'not_found',
    message: `Counter ${id} does not exist`,
  });
  await expect(ask(ofDocuments, 'never')).rejects.toMatchObject({ code: 'not_found' });
});

test('a history has reached the version of its last event', async () => {
  const id = await counted();
  const at = (version: number) => ofEvents.hasReached({ id, version }, { writeDb: databases.write });
  expect([await at(3), await at(4)]).toEqual([true, false]);
  expect(await ofEvents.hasReached({ id: 'never', version: 1 }, { writeDb: databases.write })).toBe(false);
});

test('a page has fifty events unless it is asked for more, a hundred at most, and its summary reads well', () => {
  expect(input.parse({ id: 'x' })).toEqual({ id: 'x', limit: 50, after_version: 0 });
  const taken = (limit: string) => input.safeParse({ id: 'x', limit }).success;
  expect(['0', '1', '100', '101'].map(taken)).toEqual([false, true, true, false]);
  const summaryOf = (streamType: string) => historyQuery({ ...about, streamType }).summary;
  expect(['Counter', 'Engine'].map(summaryOf)).toEqual([
    'What happened to a counter, in order, as far as it is kept',
    'What happened to an engine, in order, as far as it is kept',
  ]);
});

test('an event of a newer release is an error of its own, and is not left out', async () => {
  const id = await counted();
  await eventRows(databases.write).updateOne(
    { stream_id: `Counter-${id}`, version: 2 },
    { $set: { schema_version: 9 } },
  );
  await expect(ask(ofEvents, id)).rejects.toMatchObject({ code: 'unknown_event' });
});
