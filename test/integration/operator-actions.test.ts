import { beforeAll, beforeEach, expect, onTestFinished, test, vi } from 'vitest';
import {
  actionsCollection,
  getAction,
  keepResult,
  listActions,
  requestAction,
  stopAction,
} from '../../lib/core/ops/actions.ts';
import { catalogue } from '../../lib/domains.ts';
import { runAction } from '../../lib/platform/ops/run-action.ts';
import { toAction } from '../../lib/platform/ops/wire.ts';
import { call, hushFunctions } from '../support/call.ts';
import { useDatabases } from '../support/database.ts';
import { lambdaContext } from '../support/sqs-event.ts';
import { waitFor } from '../support/wait-for.ts';

const databases = useDatabases();
const asked = { kind: 'rebuild', target: 'tickets', input: { projection: 'tickets' } } as const;
const timeLeftMs = () => 60_000;
const rows = () => databases.read.collection<{ _id: string; heard_at: Date }>(actionsCollection);

beforeAll(() => catalogue.ensureIndexes(databases.write, databases.read));
beforeEach(() => rows().deleteMany({}));

const request = () => requestAction(databases.read, { ...asked, by: 'a test' });
const workOn = (actionId: string) => ({ db: databases.read, actionId, ...asked, timeLeftMs });

test('an action that was cut off stays on record with what it had done, and can be started again', async () => {
  const { _id } = await request();
  // As a function that is stopped in the midst of it: it reports, and is heard of no more.
  const cut = runAction(workOn(_id), async (run) => {
    run.progress(40, 100);
    await waitFor('the report', async () => (await getAction(databases.read, _id)).done === 40);
    throw new Error('killed');
  });
  await expect(cut).rejects.toThrow('killed');
  await rows().updateOne({ _id }, { $set: { state: 'running', heard_at: new Date(0) } as object });
  const action = toAction(await getAction(databases.read, _id));
  expect(action).toMatchObject({ state: 'cut_off', progress: { done: 40, total: 100 } });

  const again = await runAction({ ...workOn((await request())._id) }, async () => ({
    answer: { written: 100 },
    done: true,
  }));
  expect(again).toEqual({ written: 100 });
  const [newest, oldest] = await listActions(databases.read, { limit: 10 });
  expect(newest).toMatchObject({ state: 'done', result: { written: 100 } });
  expect(oldest).toMatchObject({ _id, state: 'cut_off' });
});

test('an action whose function never began is cut off after a while', async () => {
  const { _id } = await request();
  expect((await getAction(databases.read, _id)).state).toBe('requested');
  await rows().updateOne({ _id }, { $set: { heard_at: new Date(0) } });
  expect((await getAction(databases.read, _id)).state).toBe('cut_off');
});

test('an action that is asked to stop has no time left at its next step, and is not gone on with', async () => {
  const { _id } = await request();
  let wentOn = false;
  await runAction(
    workOn(_id),
    async (run) => {
      run.progress(10, 100);
      await stopAction(databases.read, _id, ['rebuild']);
      await waitFor('it to be heard', () => run.timeLeftMs() === 0);
      return { answer: { scanned: 10 }, done: false };
    },
    async () => {
      wentOn = true;
    },
  );
  expect(await getAction(databases.read, _id)).toMatchObject({ state: 'stopped', result: { scanned: 10 } });
  expect(wentOn).toBe(false);
  await expect(stopAction(databases.read, _id, ['rebuild'])).rejects.toMatchObject({ code: 'rule_violated' });
});

test('an action whose time is up is gone on with under the same record', async () => {
  const { _id } = await request();
  const calls: string[] = [];
  await runAction(
    workOn(_id),
    async () => ({ answer: { scanned: 10 }, done: false }),
    async (id) => {
      calls.push(id);
    },
  );
  expect(calls).toEqual([_id]);
  expect(await getAction(databases.read, _id)).toMatchObject({ state: 'running', result: { scanned: 10 } });
  await runAction(workOn(_id), async () => ({ answer: { scanned: 90 }, done: true }));
  expect(await getAction(databases.read, _id)).toMatchObject({ state: 'done', result: { scanned: 90 } });
});

test('what is done by sls invoke is on record too, and what fails with its reason', async () => {
  const { actionId: _, ...byHand } = { ...workOn('') };
  const failing = runAction({ ...byHand, actionId: undefined }, async () => {
    throw new Error('the read database refuses');
  });
  await expect(failing).rejects.toThrow();
  const [only] = await listActions(databases.read, { limit: 10 });
  expect(only).toMatchObject({ by: 'sls invoke', state: 'failed', error: 'the read database refuses' });
});

/** The operators' API, as a container has it that finds no Lambda. */
const asking = async () => {
  vi.resetModules();
  vi.stubEnv('AWS_ENDPOINT_URL_LAMBDA', 'http://127.0.0.1:9');
  vi.stubEnv('WRITE_DB_URL', databases.writeUrl);
  vi.stubEnv('READ_DB_URL', databases.readUrl);
  hushFunctions();
  const { handler } = await import('../../functions/ops/actions.ts');
  const { closeDatabases } = await import('../../lib/platform/mongo.ts');
  onTestFinished(closeDatabases);
  return (route: string, id?: string, request: Parameters<typeof call>[3] = {}) =>
    call(handler, route, id === undefined ? {} : { id }, request);
};

test('an action whose function cannot be started has failed, and whoever asked may ask again', async () => {
  const ask = await asking();
  const authorization = 'Bearer secret';
  const answer = await ask('POST /ops/reconcile', undefined, { body: {}, headers: { authorization } });
  expect([answer.status, answer.headers['retry-after'], answer.body['detail']]).toEqual([
    503,
    '5',
    'Its function could not be started',
  ]);
  const [only] = await listActions(databases.read, { limit: 10 });
  expect(only).toMatchObject({
    ...{ kind: 'reconcile', state: 'failed', error: 'Its function could not be started' },
    // A token is never kept itself.
    by: 'token:2bb80d53',
  });
});

test('each kind of action is asked for where it belongs, and stopped there alone', async () => {
  const ask = await asking();
  const { _id } = await request();
  const status = async (route: string) => (await ask(route, _id)).status;
  expect(await status('GET /ops/actions/{id}')).toBe(200);
  expect(await status('GET /ops/rebuilds/{id}')).toBe(200);
  expect(await status('GET /ops/replays/{id}')).toBe(404);
  expect(await status('DELETE /ops/replays/{id}')).toBe(404);
  expect(await status('DELETE /ops/rebuilds/{id}')).toBe(202);
  expect((await getAction(databases.read, _id)).state).toBe('stopping');
});

test('actions are read page by page, the newest first, each once, and those of one kind alone', async () => {
  const ask = await asking();
  const ids: string[] = [];
  for (const kind of ['rebuild', 'replay', 'rebuild', 'rebuild'] as const)
    ids.unshift((await requestAction(databases.read, { ...asked, kind, by: 'a test' }))._id);
  const pagesOf = async (filter: Record<string, string>): Promise<unknown[]> => {
    const pages: unknown[] = [];
    let query: Record<string, string> | undefined = { limit: '2', ...filter };
    while (query !== undefined) {
      const { body, headers } = await ask('GET /ops/actions', undefined, { query });
      const { items, next_cursor } = body as { items: { id: string }[]; next_cursor: string | null };
      pages.push(items.map(({ id }) => id));
      const [, path = ''] = /^<([^>]+)>; rel="next"$/.exec(String(headers['link'] ?? '')) ?? [];
      expect(path === '').toBe(next_cursor === null);
      query = path === '' ? undefined : Object.fromEntries(new URL(path, 'http://localhost').searchParams);
    }
    return pages;
  };
  expect(await pagesOf({})).toEqual([ids.slice(0, 2), ids.slice(2)]);
  const [newest, second, , oldest] = ids;
  expect(await pagesOf({ kind: 'rebuild' })).toEqual([[newest, second], [oldest]]);
});

test('a rebuild of all that needs more than one call says in the end what became of each read model', async () => {
  const { read } = databases;
  vi.resetModules();
  vi.stubEnv('WRITE_DB_URL', databases.writeUrl);
  vi.stubEnv('READ_DB_URL', databases.readUrl);
  hushFunctions();
  const names = catalogue.readModels.map(({ projection }) => projection.name);
  const [first = '', second = ''] = names;
  const { _id } = await requestAction(read, { kind: 'rebuild', target: 'all', input: {}, by: 'a test' });
  const before = [
    { projection: first, scanned: 7, done: true },
    { projection: second, scanned: 1, done: false },
  ];
  await keepResult(read, _id, before);
  const { handler } = await import('../../functions/rebuild.ts');
  const { closeDatabases } = await import('../../lib/platform/mongo.ts');
  onTestFinished(closeDatabases);
  const answer = await handler({ from: second, action_id: _id }, lambdaContext('rebuild'));
  expect(Object(answer)).toMatchObject(
    names.map((projection) => ({ projection, scanned: projection === first ? 7 : 0, done: true })),
  );
  expect(await getAction(read, _id)).toMatchObject({ state: 'done', result: answer, done: 7, total: 7 });
});
