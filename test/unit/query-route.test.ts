import { beforeEach, describe, expect, test, vi } from 'vitest';
import * as z from 'zod';
import { createQueryBus } from '../../lib/core/queries/bus.ts';
import {
  type AtVersion,
  documentQuery,
  listQuery,
  type Page,
  type QueryContext,
} from '../../lib/core/queries/query.ts';
import { queryRoutes } from '../../lib/platform/http/query-route.ts';
import { httpHandler } from '../../lib/platform/http/stack.ts';
import { call, hushFunctions } from '../support/call.ts';

hushFunctions();

const id = '0190b2c0-0000-7000-8000-000000000001';
const newThing = () => ({ id, version: 3, name: 'three' });

/** What the read model has: one document, and a list. */
const model = {
  thing: undefined as ReturnType<typeof newThing> | undefined,
  asked: 0,
  /** From this question on it has the version. */
  reachedAt: 1,
  wanted: [] as AtVersion[],
  page: { body: [] } as Page<unknown>,
  contexts: [] as QueryContext[],
};

beforeEach(() => {
  Object.assign(model, { thing: newThing(), asked: 0, reachedAt: 1, wanted: [], contexts: [] });
  model.page = { body: [newThing()] };
});

const getThing = documentQuery({
  type: 'GetThing',
  summary: 'One thing',
  what: 'thing',
  input: z.strictObject({ id: z.string() }),
  answer: z.object({ id: z.string(), version: z.int(), name: z.string() }),
  async handle(_query, _environment: undefined, context) {
    model.asked += 1;
    model.contexts.push(context);
    return model.asked >= model.reachedAt ? model.thing : undefined;
  },
});

const listThings = listQuery({
  type: 'ListThings',
  summary: 'Things',
  input: z.strictObject({
    colour: z.string().optional(),
    skip: z.string().optional(),
    after: z.string().optional(),
  }),
  answer: z.unknown(),
  handle: async (_query, _environment: undefined) => model.page,
  async hasReached(at) {
    model.asked += 1;
    model.wanted.push(at);
    return model.asked >= model.reachedAt;
  },
});

const bus = createQueryBus([getThing, listThings], undefined as never);
const handler = httpHandler(queryRoutes({ 'GET /things/{id}': getThing, 'GET /things': listThings }, bus));
const get = (query: Record<string, string> = {}, headers: Record<string, string> = {}) =>
  call(handler, 'GET /things/{id}', { id }, { query, headers });
const list = (query: Record<string, string> = {}, headers: Record<string, string> = {}) =>
  call(handler, 'GET /things', {}, { query, headers });

const warning = '110 - "Response is Stale"';

describe('a document', () => {
  test('at the very version that was asked for is fresh, and one version short of it is stale', async () => {
    const fresh = await get({ expected_version: '3', timeout_ms: '0' });
    expect([fresh.status, fresh.headers['warning'], fresh.body]).toEqual([200, undefined, newThing()]);
    const stale = await get({ expected_version: '4', timeout_ms: '0' });
    expect([stale.status, stale.headers['warning']]).toEqual([200, warning]);
    expect(stale.body).toEqual({ ...newThing(), _warning: 'Data may be stale' });
  });

  test('that is stale has no ETag, and is sent again to who has it already', async () => {
    const { headers } = await get();
    const known = { 'if-none-match': String(headers['etag']) };
    expect((await get({}, known)).status).toBe(304);
    const stale = await get({ expected_version: '4', timeout_ms: '0' }, known);
    expect([stale.status, stale.headers['etag']]).toEqual([200, undefined]);
    expect((await get({ expected_version: '4', timeout_ms: '0' }, { 'if-none-match': '*' })).status).toBe(
      200,
    );
  });

  test('is asked for until it has come, and once only with a time-out of 0', async () => {
    model.reachedAt = 3;
    expect((await get({ expected_version: '3', timeout_ms: '0' })).status).toBe(404);
    expect(model.asked).toBe(1);
    model.asked = 0;
    expect((await get({ expected_version: '3', timeout_ms: '5000' })).status).toBe(200);
    expect(model.asked).toBe(3);
  });

  test('is waited for READ_LAG_MS if the caller does not say how long', async () => {
    await get({ expected_version: '1' });
    await get({ expected_version: '1', timeout_ms: '7' });
    expect(model.contexts.map(({ wait }) => wait?.timeoutMs)).toEqual([500, 7]);
  });

  test('is asked for as part of the trace of its request', async () => {
    const traceparent = `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`;
    await get({}, { traceparent });
    await get({}, { 'x-correlation-id': 'c-1' });
    expect(model.contexts[0]).toMatchObject({ traceparent, correlationId: 'a'.repeat(32) });
    expect(model.contexts[1]).toMatchObject({ correlationId: 'c-1' });
    expect(model.contexts[1]).not.toHaveProperty('traceparent');
  });

  test('that may come has a 404 that says when to ask again, and one that nobody spoke of has none', async () => {
    model.thing = undefined;
    const awaited = await get({ expected_version: '1', timeout_ms: '0' });
    expect([awaited.status, awaited.headers['retry-after']]).toEqual([404, '1']);
    const unknown = await get();
    expect([unknown.status, unknown.headers['retry-after'], model.asked]).toEqual([404, undefined, 2]);
  });

  test.each<[string, string]>([
    ['expected_version', '-1'],
    ['expected_version', '1.5'],
    ['timeout_ms', '5001'],
    ['id', 'another'],
    ['consistent_with', `${id}@1`],
    ['colour', 'red'],
  ])('does not know %s=%s', async (name, value) => {
    const answer = await get({ [name]: value });
    expect(answer).toMatchObject({ status: 400, body: { errors: [{ path: name }] } });
    expect(model.asked).toBe(0);
  });
});

describe('a list', () => {
  test('waits for the version of consistent_with, as long as timeout_ms says', async () => {
    model.reachedAt = 2;
    const late = await list({ consistent_with: `${id.toUpperCase()}@7`, timeout_ms: '0' });
    expect([late.headers['warning'], late.headers['etag'], model.asked]).toEqual([warning, undefined, 1]);
    model.asked = 0;
    const inTime = await list({ consistent_with: `${id}@7`, timeout_ms: '5000' });
    expect([inTime.headers['warning'], model.asked]).toEqual([undefined, 2]);
    expect(inTime.headers['etag']).toBeTypeOf('string');
    expect(model.wanted).toEqual(Array.from({ length: 3 }, () => ({ id, version: 7 })));
  });

  test('waits for nothing unless it is asked to', async () => {
    expect((await list()).status).toBe(200);
    expect(model.asked).toBe(0);
  });

  test('that is stale is sent again to who has it already, and says so in the body only if that is an object', async () => {
    const known = { 'if-none-match': String((await list()).headers['etag']) };
    expect((await list({}, known)).status).toBe(304);
    model.reachedAt = Number.POSITIVE_INFINITY;
    const stale = await list({ consistent_with: `${id}@7`, timeout_ms: '0' }, known);
    expect([stale.status, stale.body]).toEqual([200, [newThing()]]);
    model.page = { body: { items: [] } };
    const envelope = await list({ consistent_with: `${id}@7`, timeout_ms: '0' });
    expect(envelope.body).toEqual({ items: [], _warning: 'Data may be stale' });
  });

  test('names its next page by the same parameters, but for what was waited for and skipped', async () => {
    model.page = { body: [], next: { after: 'c1' } };
    const { headers } = await list({
      colour: 'red & blue',
      skip: '5',
      consistent_with: `${id}@7`,
      after: 'c0',
    });
    const [, url = ''] = /^<([^>]+)>; rel="next"$/.exec(String(headers['link'])) ?? [];
    const { pathname, searchParams } = new URL(url, 'http://localhost');
    expect(pathname).toBe('/things');
    expect(Object.fromEntries(searchParams)).toEqual({ colour: 'red & blue', after: 'c1' });
  });

  test('keeps the link to its next page when it is stale, and when it is known', async () => {
    model.page = { body: [], next: { after: 'c1' } };
    const { headers } = await list();
    expect((await list({}, { 'if-none-match': String(headers['etag']) })).headers['link']).toBe(
      headers['link'],
    );
    model.reachedAt = Number.POSITIVE_INFINITY;
    const stale = await list({ consistent_with: `${id}@7`, timeout_ms: '0' });
    expect(stale.headers['link']).toContain('after=c1');
  });

  test('has no link on its last page', async () => {
    expect((await list()).headers['link']).toBeUndefined();
  });
});

test('a correlation id that is none is refused with the parameters that are none', async () => {
  const answer = await get({ colour: 'red' }, { 'x-correlation-id': 'a b' });
  const errors = [{ path: 'X-Correlation-Id' }, { path: 'colour' }];
  expect(answer).toMatchObject({ status: 400, body: { errors } });
  expect(answer.headers['x-correlation-id']).not.toBe('a b');
});

test('a query for operators is not answered on a deployed stage without a token', async () => {
  vi.stubEnv('AWS_LAMBDA_FUNCTION_NAME', 'tandem-prod-things');
  const secret = { ...getThing, operators: true };
  const closed = httpHandler(
    queryRoutes({ 'GET /things/{id}': secret }, createQueryBus([secret], undefined as never)),
  );
  expect((await call(closed, 'GET /things/{id}', { id })).status).toBe(403);
  expect(model.asked).toBe(0);
  expect((await get()).status).toBe(200);
  vi.unstubAllEnvs();
});
