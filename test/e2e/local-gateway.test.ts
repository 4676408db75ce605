import { describe, expect, test } from 'vitest';
import { create, creating, example, readPath } from '../support/example.ts';
import { httpClient } from '../support/http.ts';
import { expectProblem } from '../support/problem.ts';
import { useSystem } from '../support/system.ts';

// What the local gateway must not do otherwise than AWS does, and who may knock at its doors.
const system = useSystem();
const json = { 'content-type': 'application/json' };

describe('a body reaches the function as it was sent', () => {
  test.each(['false', '0', '-0', '""', 'null', JSON.stringify(JSON.stringify({ id: 1 }))])(
    '%s is no command',
    async (body) => {
      const { method, path } = await creating(system().http);
      const before = await system().write.collection('events').countDocuments();
      const answer = await system().http.call(method, path, { body, headers: json });
      expectProblem(answer, 400);
      expect(await system().write.collection('events').countDocuments()).toBe(before);
    },
  );
});

test('a connection rests for a minute before the gateway ends it', async () => {
  const answer = await system().http.get('/health');
  const [, seconds] = /timeout=(\d+)/.exec(answer.header('keep-alive') ?? '') ?? [];
  expect(Number(seconds)).toBeGreaterThanOrEqual(60);
});

test.each([';;', 'application/json, text/plain', 'application/json; charset=utf-8; charset=utf-8'])(
  'a body whose content type is %s is none that is taken',
  async (type) => {
    const { method, path, body } = await creating(system().http);
    const headers = { 'content-type': type };
    expectProblem(await system().http.call(method, path, { body: JSON.stringify(body), headers }), 415);
  },
);

test.each(['bytes=0-5', 'bytes=-5', 'bytes=999999-', 'lines=1-2'])(
  'who asks for %s of an answer gets all of it',
  async (range) => {
    const { http } = system();
    const whole = await http.get(`${readPath(await create(http))}&timeout_ms=5000`, { range });
    expect(whole.status).toBe(200);
    expect(whole.header('content-range')).toBeUndefined();
    expect(whole.header('accept-ranges')).toBeUndefined();
    expect((await http.get('/docs', { range })).status).toBe(200);
  },
);

test.each(['/ops/traces', '/ops/aggregates'])('%s, with nothing behind it, is no route', async (path) => {
  expectProblem(await system().http.get(path), 404);
  expectProblem(await system().http.post(path, {}), 404);
});

describe('a page in a browser', () => {
  const preflight = {
    'access-control-request-method': 'POST',
    'access-control-request-headers': 'content-type,idempotency-key',
  };

  test.each(['https://evil.example', 'http://localhost.evil.example', 'http://192.168.0.7:3000', 'null'])(
    'of %s is told nothing',
    async (origin) => {
      const { path } = await creating(system().http);
      for (const [method, more] of [
        ['POST', {}],
        ['OPTIONS', preflight],
      ] as const) {
        const answer = await system().http.call(method, path, { headers: { origin, ...more } });
        expect(answer.header('access-control-allow-origin')).toBeUndefined();
        expect(answer.header('access-control-allow-credentials')).toBeUndefined();
      }
    },
  );

  test.each(['http://localhost:5173', 'http://127.0.0.1:3000', 'http://[::1]:8080'])(
    'of %s may read what is answered',
    async (origin) => {
      const { http } = system();
      const answer = await http.get(`${readPath(await create(http))}&timeout_ms=5000`, { origin });
      expect(answer.status).toBe(200);
      expect(answer.header('access-control-allow-origin')).toBe(origin);
      expect(answer.header('vary')).toMatch(/origin/i);
      const missing = await http.get('/none', { origin });
      expect(missing.header('access-control-allow-origin')).toBe(origin);
      const { path } = await creating(http);
      const asked = await http.call('OPTIONS', path, { headers: { origin, ...preflight } });
      expect(asked.status).toBe(204);
      expect(asked.header('access-control-allow-methods')).toBe('POST');
      expect(asked.header('access-control-allow-headers')).toBe('content-type,idempotency-key');
    },
  );

  test.each([
    ['without a header that only a program sends', { 'content-type': 'text/plain' }],
    ['from another origin', { 'x-amz-date': '20261121T100000Z', origin: 'http://localhost:5173' }],
    ['by another name for this machine', { 'x-amz-date': '20261121T100000Z', host: 'rebound.example:3002' }],
  ])('cannot invoke a function %s', async (_how, headers: Record<string, string>) => {
    const lambda = httpClient(system().state.lambda_url);
    const path = '/2015-03-31/functions/tandem-dev-discard/invocations';
    const body = JSON.stringify({ subscription: example.subscription, reason: 'a page' });
    const answer = await lambda.call('POST', path, { body, headers });
    expect(answer.status).toBe(403);
    const asked = await lambda.call('OPTIONS', path, {
      headers: { origin: 'https://evil.example', ...preflight },
    });
    expect(asked.header('access-control-allow-origin')).toBeUndefined();
  });
});
