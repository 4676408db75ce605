// Who may knock at the local doors, and what is answered for a function. Source: lib/local/origins.ts, gateway.ts,
// gateway-problem.ts.
import { EventEmitter } from 'node:events';
import { expect, test } from 'vitest';
import { prepareGateway } from '../../lib/local/gateway.ts';
import { answerBrokenRequest, answerWithProblem } from '../../lib/local/gateway-problem.ts';
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
  ['a function answers with a stack', { source: '{"id":1,"stackTrace":[]}' }, undefined],
  ['a function answers with bytes', { source: Buffer.from('{"errorMessage":') }, undefined],
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

/** The gateway's two doors, its routes and its listener. */
const gateway = () => {
  const extensions: Record<string, ((request: HapiRequest, kit: Toolkit) => unknown)[]> = {};
  const routes = [{ path: '/things', settings: { response: { ranges: true, modify: true } } }];
  const listener = Object.assign(
    new EventEmitter().on('clientError', () => undefined),
    { keepAliveTimeout: 5 },
  );
  const server = {
    listener,
    ext: (event: string, method: (request: HapiRequest, kit: Toolkit) => unknown) => {
      extensions[event] = [...(extensions[event] ?? []), method];
    },
    table: () => routes,
  };
  prepareGateway(server as object as HapiServer);
  /** What a request meets at a door: the status of an answer, or undefined if it goes on. */
  const meets = (event: string, fields: Partial<HapiRequest>): unknown => {
    const { kit, told } = toolkit();
    const went = extensions[event]?.[0]?.(requestWith(fields), kit);
    expect(told['is_over']).toBe(went === kit.continue ? undefined : true);
    return told['status'];
  };
  return { extensions, routes, listener, meets };
};

test.each([
  ['/', undefined],
  ['/things', undefined],
  ['/things?q=%C3%A4', undefined],
  ['/things?q=/', undefined],
  ['/things/', 404],
  ['/things/?q=1', 404],
  ['/docs/.', 404],
  ['/docs/../things', 404],
  ['/docs/%2e%2E', 404],
  ['/docs/.hidden', undefined],
  ['/things?q=%ff', 400],
])('the gateway takes %s as API Gateway does: %s', (url, status) => {
  const raw = { req: { rawHeaders: [], url } };
  expect(gateway().meets('onRequest', { raw })).toBe(status);
});

test('to ask for the head alone is a method of its own, which no route has', () => {
  const { meets } = gateway();
  const entered = (method: string): string => {
    let becomes = method;
    meets('onRequest', {
      method,
      setMethod: (other) => {
        becomes = other;
      },
    });
    return becomes;
  };
  expect(['get', 'head'].map(entered)).toEqual(['get', 'head-without-route']);
  const request = requestWith({ method: 'head-without-route' });
  gateway().extensions['onPreHandler']?.[0]?.(request, toolkit().kit);
  expect(request.method).toBe('head');
});

test('the rest of a path has one segment at least', () => {
  const { meets } = gateway();
  const rest = (params: Record<string, unknown>) =>
    meets('onPreHandler', { params, route: { path: '/read/{key*}' } });
  expect([rest({}), rest({ key: '' }), rest({ key: 'a/b' })]).toEqual([404, 404, undefined]);
  expect(meets('onPreHandler', { params: {}, route: { path: '/read/{key}' } })).toBeUndefined();
});

test('a function sees a body as it was sent, and one that is no UTF-8 gets no further', () => {
  const { extensions, meets } = gateway();
  const handed = (fields: Partial<HapiRequest>) => {
    const request = requestWith({ mime: 'application/json', raw: { req: { rawHeaders: [] } }, ...fields });
    extensions['onPreHandler']?.[0]?.(request, toolkit().kit);
    return [request.mime, ...request.raw.req.rawHeaders];
  };
  const payload = Buffer.from('0');
  const type = 'application/octet-stream';
  expect(handed({ payload })).toEqual([type, 'content-type', type]);
  expect(handed({ payload, headers: { 'content-type': 'application/json' } })).toEqual([type]);
  expect(handed({ payload: Buffer.alloc(0) })).toEqual(['application/json']);
  expect(handed({ payload: null })).toEqual(['application/json']);
  expect(meets('onPreHandler', { payload: Buffer.from([0xff]) })).toBe(400);
});

test('the gateway answers whole bodies, keeps connections, and answers by itself what is no HTTP', () => {
  const { extensions, routes, listener } = gateway();
  expect(routes[0]?.settings.response).toEqual({ ranges: false, modify: true });
  expect(listener.keepAliveTimeout).toBeGreaterThan(60_000);
  expect(listener.listeners('clientError')).toEqual([answerBrokenRequest]);
  expect(extensions['onPreResponse']).toEqual([answerWithProblem, tellOrigin]);
});

test.each<[string, boolean, string | undefined]>([
  ['HPE_INVALID_METHOD', true, 'HTTP/1.1 400 Bad Request'],
  ['HPE_HEADER_OVERFLOW', true, 'HTTP/1.1 431 Request Header Fields Too Large'],
  ['ECONNRESET', true, undefined],
  ['HPE_INVALID_METHOD', false, undefined],
])('a request that is no HTTP (%s, somebody listens: %s) is answered with %s', (code, writable, line) => {
  const told = { text: '', isDestroyed: false };
  const socket = {
    writable,
    destroy: () => {
      told.isDestroyed = true;
    },
    end: (text: string) => {
      told.text = text;
    },
  };
  answerBrokenRequest(Object.assign(new Error('broken'), { code }), socket as never);
  expect(told.isDestroyed).toBe(line === undefined);
  const [head = '', body = ''] = told.text.split('\r\n\r\n');
  const [first, ...headers] = head.split('\r\n');
  expect(first || undefined).toBe(line);
  if (line === undefined) return;
  const problem = JSON.parse(body);
  expect(problem).toMatchObject({ type: 'about:blank', status: Number(line.split(' ')[1]), instance: '/' });
  expect(headers).toEqual([
    'content-type: application/problem+json',
    `content-length: ${Buffer.byteLength(body)}`,
    `x-correlation-id: ${problem.correlation_id}`,
    'connection: close',
  ]);
});

test('a correlation id that cannot be one is replaced, and what a status means is said in a sentence', () => {
  const problemOf = (statusCode: number, id?: string) => {
    const { kit, told } = toolkit();
    const response = { isBoom: true, output: { statusCode, headers: {} } };
    answerWithProblem(requestWith({ headers: { 'x-correlation-id': id }, response }), kit);
    const problem = JSON.parse(String(told['body']));
    expect(told['x-correlation-id']).toBe(problem.correlation_id);
    return problem;
  };
  const longest = 'x'.repeat(128);
  expect(problemOf(404, longest).correlation_id).toBe(longest);
  for (const id of [undefined, '', `${longest}x`, 'two words', 'ä'])
    expect(problemOf(404, id).correlation_id).toMatch(/^[0-9a-f-]{36}$/);
  expect([400, 404, 413, 415, 500, 503, 599].map((status) => problemOf(status).detail)).toEqual([
    'The request could not be understood.',
    'There is no such route.',
    'The body is too large.',
    'Send application/json.',
    'Something went wrong on our side.',
    'Service Unavailable.',
    'The request failed.',
  ]);
  expect([problemOf(503).title, problemOf(599).title]).toEqual(['Service Unavailable', 'Error']);
});
