// One aggregate, one event and one trace, as operators ask for them. Source: lib/platform/ops/aggregates.ts, queries.ts,
// looking.ts, mend.ts.
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { actionsCollection } from '../../lib/core/ops/actions.ts';
import { catalogue } from '../../lib/domains.ts';
import { call, hushFunctions } from '../support/call.ts';
import { useDatabases } from '../support/database.ts';
import { exampleDomain } from '../support/domains.ts';
import { example } from '../support/example.ts';
import { oneWish, refusedOrDone } from '../support/scenario.ts';
import { createWorld, newContext, project, relay } from '../support/world.ts';

const databases = useDatabases();
const { streamType, subscription } = example;
let stream = '';
let closeDatabases = async (): Promise<void> => undefined;

type Handler = Parameters<typeof call>[0];
const handlers: Record<string, Handler> = {};

beforeAll(async () => {
  hushFunctions();
  vi.stubEnv('WRITE_DB_URL', databases.writeUrl);
  vi.stubEnv('READ_DB_URL', databases.readUrl);
  vi.resetModules();
  handlers['queries'] = (await import('../../functions/ops/queries.ts')).handler;
  handlers['actions'] = (await import('../../functions/ops/actions.ts')).handler;
  ({ closeDatabases } = await import('../../lib/platform/mongo.ts'));
  await catalogue.ensureIndexes(databases.write, databases.read);
  const send = exampleDomain.commands(databases.write);
  const { id } = await send(oneWish(exampleDomain.create), undefined, newContext());
  stream = `${streamType}-${id}`;
  // Some of what may be changed changes nothing, or is refused.
  let version = 1;
  for (const wish of fc.sample(exampleDomain.change, { seed: 2, numRuns: 50 }))
    if (version < 3) version = (await refusedOrDone(send(wish, id, newContext())))?.version ?? version;
  expect(version).toBe(3);
});
afterAll(() => closeDatabases());

const ask = async (what: string, params: Record<string, string>, query: Record<string, string> = {}) => {
  const { queries } = handlers;
  if (queries === undefined) throw new Error('it is loaded before');
  return call(queries, `GET /ops/${what}`, params, { query });
};
const aggregate = (query: Record<string, string> = {}) =>
  ask('aggregates/{stream_id+}', { stream_id: stream }, query);
const versionsIn = (body: Record<string, unknown>, list: string): unknown[] =>
  (body[list] as { version: number }[]).map(({ version }) => version);

test('an aggregate shows its last version, or an earlier one, and none that it has not reached', async () => {
  const { body } = await aggregate();
  expect(body).toMatchObject({
    ...{ stream_id: stream, stream_type: streamType, last_version: 3, version: 3, store: example.store },
    ...{ id: stream.slice(streamType.length + 1), next_cursor: null, state_error: null },
  });
  expect(versionsIn(body, 'events')).toEqual([1, 2, 3]);
  expect((await aggregate({ version: '1' })).body).toMatchObject({ version: 1, last_version: 3 });
  expect((await aggregate({ version: '99' })).body).toMatchObject({ version: 3, state: body['state'] });
  expect((await aggregate({ version: '1' })).body['state']).not.toEqual(body['state']);
});

test('the events of an aggregate are read page by page', async () => {
  const first = await aggregate({ limit: '2' });
  expect([versionsIn(first.body, 'events'), first.body['next_cursor']]).toEqual([[1, 2], '2']);
  expect(first.headers['link']).toContain('after_version=2');
  const second = await aggregate({ limit: '2', after_version: '2' });
  expect([versionsIn(second.body, 'events'), second.body['next_cursor']]).toEqual([[3], null]);
  expect(second.headers['link']).toBeUndefined();
  const whole = await aggregate({ limit: '3', after_version: '0' });
  expect(versionsIn(whole.body, 'events')).toEqual([1, 2, 3]);
  expect((await aggregate({ limit: '3' })).body['next_cursor']).toBeNull();
});

test('what does not exist is not there; on the path of mending, it is told how to mend', async () => {
  const at = (stream_id: string) => ask('aggregates/{stream_id+}', { stream_id });
  for (const missing of [`${streamType}-nobody`, 'Nothing-1', streamType])
    expect((await at(missing)).status).toBe(404);
  for (const path of [`${stream}/mend`, `${streamType}-nobody/mend`, 'Nothing-1/mend']) {
    const { status, headers } = await at(path);
    expect([status, headers['allow']]).toEqual([405, 'POST']);
  }
  expect((await ask('events/{event_id}', { event_id: 'none' })).status).toBe(404);
  expect((await ask('traces/{correlation_id+}', { correlation_id: 'none' })).status).toBe(404);
});

test('what a subscriber has not applied is missing, until it has; mending it is on record', async () => {
  const { body } = await aggregate();
  const missing = (body['missing'] as { subscription: string; event_id: string }[]).filter(
    (one) => one.subscription === subscription,
  );
  expect(missing.map((one) => one.event_id)).toEqual(
    (body['events'] as { event_id: string }[]).map(({ event_id }) => event_id),
  );
  expect(body['documents']).toContainEqual(expect.objectContaining({ stored: null, error: null }));
  const { actions } = handlers;
  if (actions === undefined) throw new Error('it is loaded before');
  const mended = await call(
    actions,
    'POST /ops/aggregates/{stream_id+}',
    { stream_id: `${stream}/mend` },
    {
      headers: { authorization: 'Bearer secret' },
    },
  );
  expect(mended).toMatchObject({ status: 200, body: { stream_id: stream } });
  expect(mended.body['mended']).toBeGreaterThan(0);
  for (const document of mended.body['documents'] as object[])
    expect(document).toMatchObject({ differing: [], error: null });
  const record = await databases.read.collection(actionsCollection).find().toArray();
  expect(record).toMatchObject([
    { kind: 'mend', target: stream, state: 'done', by: 'token:2bb80d53', result: { stream_id: stream } },
  ]);
  const world = createWorld(exampleDomain, databases.write, databases.read);
  await relay(world);
  await project(world);
  expect(
    ((await aggregate()).body['missing'] as typeof missing).filter(
      (one) => one.subscription === subscription,
    ),
  ).toEqual([]);
});

test('a trace counts from its start, to the last step that is known', async () => {
  const { body } = await ask('traces/{correlation_id+}', { correlation_id: newContext().correlationId });
  const start = Date.parse(String(body['started_at']));
  const steps = body['steps'] as { at: string | null; ms: number | null }[];
  expect(steps.length).toBeGreaterThan(3);
  for (const { at, ms } of steps) expect(ms).toBe(at === null ? null : Date.parse(at) - start);
  expect(body['duration_ms']).toBe(Math.max(...steps.map(({ ms }) => ms ?? 0)));
});
