// Every request's line, and what becomes of errors. Source: lib/platform/http/stack.ts.
import { MongoNetworkError } from 'mongodb';
import { describe, expect, test, vi } from 'vitest';
import { AppError } from '../../lib/core/errors.ts';
import { currentFunction } from '../../lib/platform/current-function.ts';
import { type HttpAnswer, httpHandler, type Route } from '../../lib/platform/http/stack.ts';
import { type Called, call } from '../support/call.ts';
import { type Line, linesOf } from '../support/lines.ts';

const route = 'GET /things/{id}';

/** What a route makes of a request: the answer, the line with its metrics, and the others. */
const answered = async (
  answer: Route,
  headers: Record<string, string> = { 'x-correlation-id': 'c-1' },
): Promise<{ answer: Called; metrics: Line; others: Line[] }> => {
  const handler = httpHandler({ [route]: answer });
  const given: Called[] = [];
  const lines = await linesOf(async () => given.push(await call(handler, route, { id: 'a' }, { headers })));
  const [metrics = {}, ...more] = lines.filter((line) => '_aws' in line);
  const [called] = given;
  if (called === undefined) throw new Error('there is no answer');
  expect(more).toEqual([]);
  return { answer: called, metrics, others: lines.filter((line) => !('_aws' in line)) };
};

const failing =
  (error: unknown): Route =>
  async () => {
    throw error;
  };

test('a request is one line: that it was, how long it took in milliseconds, and what of', async () => {
  vi.useFakeTimers({ toFake: ['performance'] });
  const { answer, metrics, others } = await answered(async () => {
    vi.advanceTimersByTime(30);
    return { status: 201, headers: { etag: '"1"' }, body: { id: 'a' } };
  });
  vi.useRealTimers();
  expect(answer).toMatchObject({
    status: 201,
    headers: { etag: '"1"', 'content-type': 'application/json', 'x-correlation-id': 'c-1' },
    body: { id: 'a' },
  });
  expect(metrics).toMatchObject({
    ...{ Requests: 1, function: 'test', service: 'tandem-dev' },
    ...{ correlation_id: 'c-1', route, status: '201' },
  });
  expect([metrics['Latency'], answer.ms]).toEqual([30, 30]);
  expect(metrics).not.toHaveProperty('ServerErrors');
  expect(others).toEqual([]);
});

test('a refusal is no error of the server, and has no second line', async () => {
  const { answer, metrics, others } = await answered(failing(new AppError('rule_violated', 'It says no')));
  expect(answer).toMatchObject({
    status: 409,
    headers: { 'content-type': 'application/problem+json', 'x-correlation-id': 'c-1' },
    body: { detail: 'It says no', instance: '/things/{id}', correlation_id: 'c-1' },
  });
  expect(metrics).not.toHaveProperty('ServerErrors');
  expect(others).toEqual([]);
});

test('a failure of ours is an error of the server, with its frames in the log under its correlation id', async () => {
  const { answer, metrics, others } = await answered(failing(new TypeError('x is undefined')));
  expect(answer.status).toBe(500);
  expect(JSON.stringify(answer.body)).not.toContain('x is undefined');
  expect(metrics).toMatchObject({ Requests: 1, ServerErrors: 1, status: '500' });
  expect(others).toMatchObject([
    {
      ...{ level: 'ERROR', message: 'request failed', status: 500, correlation_id: 'c-1', route },
      ...{ function: 'test', error: { name: 'TypeError', message: 'x is undefined' } },
    },
  ]);
  expect(JSON.stringify(others)).toContain('stack.test.ts');
});

test('an outage is an error of the server, and said in one line without frames', async () => {
  const { answer, metrics, others } = await answered(failing(new MongoNetworkError('connection closed')));
  expect(answer.status).toBe(503);
  expect(metrics).toMatchObject({ ServerErrors: 1, status: '503' });
  expect(others).toMatchObject([
    { level: 'WARN', message: 'request failed', reason: 'connection closed', correlation_id: 'c-1' },
  ]);
  expect(others[0]).not.toHaveProperty('error');
});

test('a request without a correlation id has one all the same, the same in its answer and its line', async () => {
  const { answer, metrics } = await answered(failing(new AppError('not_found', 'x')), {});
  const { correlation_id } = answer.body;
  expect(correlation_id).toMatch(/^[\w-]{36}$/);
  expect([answer.headers['x-correlation-id'], metrics['correlation_id']]).toEqual([
    correlation_id,
    correlation_id,
  ]);
});

describe('an ETag', () => {
  const having = async (answer: HttpAnswer, known = '', headers = {}) =>
    (await answered(async () => answer, { 'x-correlation-id': 'c-1', 'if-none-match': known, ...headers }))
      .answer;

  test('is made from the body, and begins with the version of what has one', async () => {
    const first = await having({ status: 200, body: { a: 1 } });
    expect(first.headers['etag']).toMatch(/^"-[\w-]{22}"$/);
    expect((await having({ status: 200, body: { a: 1 } })).headers).toEqual(first.headers);
    expect((await having({ status: 200, body: { a: 2 } })).headers).not.toEqual(first.headers);
    expect((await having({ status: 200, body: { a: 1 }, version: 7 })).headers['etag']).toMatch(/^"7-/);
  });

  test('that somebody has already is answered without a body, a type of one and its coding', async () => {
    const headers = { 'content-encoding': 'gzip', vary: 'accept-encoding' };
    const given = { status: 200, body: '{}', headers };
    const { etag = '' } = (await having(given)).headers;
    const again = await having(given, String(etag));
    expect(again).toMatchObject({ status: 304, body: {} });
    expect(again.headers).toEqual({ etag, vary: 'accept-encoding', 'x-correlation-id': 'c-1' });
  });

  test.each([
    ['a failure', { status: 503, body: {} }],
    ['what is older than was asked for', { status: 200, body: {}, version: 1, isStale: true }],
  ])('is not given to %s, which is sent in full', async (_, answer) => {
    const { status, headers } = await having(answer, '*');
    expect([status, headers['etag']]).toEqual([answer.status, undefined]);
  });
});

test('what a command has made has an ETag, and is told whatever its caller has already', async () => {
  const handler = httpHandler({
    'POST /things': async () => ({ status: 201, body: { id: 'a' }, version: 1 }),
  });
  await linesOf(async () => {
    const answer = await call(handler, 'POST /things', {}, { headers: { 'if-none-match': '*' } });
    expect(answer).toMatchObject({ status: 201, body: { id: 'a' } });
    expect(answer.headers['etag']).toMatch(/^"1-/);
  });
});

test('what a route writes to the log is said to be of its function', async () => {
  vi.stubEnv('AWS_LAMBDA_FUNCTION_NAME', 'another');
  const { answer } = await answered(async () => ({ status: 200, body: { name: currentFunction() } }));
  vi.unstubAllEnvs();
  expect(answer.body).toEqual({ name: 'test' });
});

test('who is called by something else than a gateway says so', async () => {
  const handler = httpHandler({});
  const nonsense = { Records: [] } as object as Parameters<typeof handler>[0];
  await linesOf(async () => {
    const answer = await handler(nonsense, { functionName: 'test' } as Parameters<typeof handler>[1]);
    expect(answer).toMatchObject({ statusCode: 400 });
  });
});

test('a path that goes on behind its last parameter is told from a parameter that ends in the same way', async () => {
  const named =
    (name: string): Route =>
    async ({ params }) => ({ status: 200, body: { name, ...params } });
  const handler = httpHandler({
    'POST /things/{id+}/mend': named('mend'),
    'POST /things/{id+}/stop': named('stop'),
  });
  const asked = async (id: string) => {
    const { status, body } = await call(handler, 'POST /things/{id+}', { id });
    return status === 200 ? body : status;
  };
  await linesOf(async () => {
    expect(await asked('a/b/mend')).toEqual({ name: 'mend', id: 'a/b' });
    expect(await asked('a/mend/stop')).toEqual({ name: 'stop', id: 'a/mend' });
    expect(await asked('/mend')).toBe(404);
    expect(await asked('a')).toBe(404);
  });
});
