// Who may knock at the local doors, and what is answered for a function. Source: lib/local/origins.ts, gateway-problem.ts.
import { expect, test } from 'vitest';
import { answerWithProblem } from '../../lib/local/gateway-problem.ts';
import type { HapiRequest, HapiResponse, HapiServer, Toolkit } from '../../lib/local/hapi.ts';
import { enterFromOrigin, guardLambda, isLambdaServer, tellOrigin } from '../../lib/local/origins.ts';

/** hapi's side of an extension: what was answered in place of going on. */
const toolkit = () => {
  const told: Record<string, unknown> = {};
  const keep = (name: string, value: unknown): HapiResponse => {
    told[name.toLowerCase()] = value;
    return response;
  };
  const response: HapiResponse = {
    code: (status) => keep('status', status),
    type: (type) => keep('type', type),
    header: keep,
    takeover: () => keep('is_over', true),
  };
  const kit: Toolkit = {
    continue: Symbol('continue'),
    response(body = '') {
      told['body'] = body;
      return response;
    },
  };
  return { kit, told };
};
const requestWith = (fields: Partial<HapiRequest>): HapiRequest => ({
  ...{ method: 'get', path: '/things', headers: {}, params: {}, route: { path: '/things' }, response: {} },
  ...{ raw: { req: { rawHeaders: [] } }, setMethod: () => undefined, ...fields },
});

test.each([
  ['http://localhost:5173', true],
  ['https://app.localhost', true],
  ['http://127.0.0.1:3000', true],
  ['http://[::1]', true],
  ['http://localhost.evil.example', false],
  ['http://127.0.0.1.evil.example', false],
  ['file://localhost', false],
  ['null', false],
])('a page of %s may read what is answered here: %s', (origin, may) => {
  const { kit, told } = toolkit();
  const headers: Record<string, unknown> = { vary: 'accept' };
  const request = requestWith({ method: 'options', headers: { origin }, response: { headers } });
  request.headers['access-control-request-method'] = 'PATCH';
  request.headers['access-control-request-headers'] = 'if-match';
  const went = enterFromOrigin(request, kit);
  // serverless-offline would answer any origin with whatever it asks for.
  expect(request.headers).not.toHaveProperty('origin');
  expect(went === kit.continue).toBe(!may);
  expect(told).toEqual(
    may
      ? {
          ...{ body: '', status: 204, is_over: true, 'access-control-max-age': '600' },
          'access-control-allow-methods': 'PATCH',
          'access-control-allow-headers': 'if-match',
        }
      : {},
  );
  tellOrigin(request, kit);
  expect(headers).toEqual({
    vary: 'accept, origin',
    ...(may ? { 'access-control-allow-origin': origin, 'access-control-expose-headers': '*' } : {}),
  });
});

test.each<[string, Record<string, string>, boolean]>([
  ['an SDK', { host: '127.0.0.1:3002', 'x-amz-date': 'now' }, true],
  ['a program that is no SDK', { host: 'localhost:3002' }, false],
  ['a page', { host: 'localhost:3002', 'x-amz-date': 'now', origin: 'http://localhost' }, false],
  ['somebody by another name', { host: 'rebound.example', 'x-amz-date': 'now' }, false],
])('functions are invoked by %s: %s %s', (_who, headers, may) => {
  const extensions: ((request: HapiRequest, kit: Toolkit) => unknown)[] = [];
  const server: Pick<HapiServer, 'ext' | 'table'> = {
    ext: (_event, method) => extensions.push(method),
    table: () => [{ path: '/2015-03-31/functions/{name}/invocations', settings: {} }],
  };
  expect(isLambdaServer(server as HapiServer)).toBe(true);
  guardLambda(server as HapiServer);
  const { kit, told } = toolkit();
  const went = extensions[0]?.(requestWith({ headers }), kit);
  expect(went === kit.continue).toBe(may);
  expect(told['status']).toBe(may ? undefined : 403);
});

test.each<[string, HapiRequest['response'], number | undefined]>([
  ['a function answers', { source: '{"id":1}' }, undefined],
  ['a function throws', { source: '{"errorMessage":"x","stackTrace":[]}' }, 500],
  ['a function answers with a message', { source: '{"errorMessage":"x"}' }, undefined],
  ['no route is found', { isBoom: true, output: { statusCode: 404, headers: {} } }, 404],
  ['the server fails', { isBoom: true }, 500],
  [
    'a type cannot be read',
    { isBoom: true, message: 'Invalid content-type header: x', output: { statusCode: 400, headers: {} } },
    415,
  ],
])('when %s, the status of the problem is told by AWS: %j %s', (_when, response, status) => {
  const { kit, told } = toolkit();
  const headers = { 'x-correlation-id': 'c-1' };
  answerWithProblem(requestWith({ headers, response }), kit);
  if (status === undefined) expect(told).toEqual({});
  else {
    const { body, ...rest } = told;
    expect(rest).toEqual({ status, type: 'application/problem+json', 'x-correlation-id': 'c-1' });
    expect(JSON.parse(String(body))).toMatchObject({ status, instance: '/things', correlation_id: 'c-1' });
  }
});
