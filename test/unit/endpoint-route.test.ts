// Source: lib/platform/http/endpoint-route.ts, compression.ts.
import { gunzipSync } from 'node:zlib';
import type { APIGatewayProxyEventV2, Context } from 'aws-lambda';
import { expect, test } from 'vitest';
import * as z from 'zod';
import { takesGzip } from '../../lib/platform/http/compression.ts';
import { endpoint } from '../../lib/platform/http/endpoint.ts';
import { endpointRoutes } from '../../lib/platform/http/endpoint-route.ts';
import { httpHandler } from '../../lib/platform/http/stack.ts';
import { call, hushFunctions } from '../support/call.ts';

hushFunctions();
const input = z.strictObject({ n: z.string().default('0') });
const answer = z.object({ n: z.int() });
const handle = async ({ n }: z.output<typeof input>, base: number) => ({ n: Number(n) + base });

const post = endpoint({
  ...{ summary: '', input, answer, handle, statuses: [202, 207] },
  statusOf: ({ n }) => (n > 100 ? 207 : 202),
  headersOf: ({ n }, { path }) => ({ location: `${path}/${n}` }),
});
const plain = endpoint({ summary: '', input, answer, handle });
const first = endpoint({ summary: '', input, answer, handle, statuses: [202] });
const rendered = endpoint({
  ...{ summary: '', input, answer, handle, headersOf: () => ({ link: '</next>' }) },
  rendering: {
    mediaTypes: ['text/plain', 'application/other'],
    contentType: 'text/plain; version=1',
    render: ({ n }) => `n is ${n}`,
  },
});
const large = endpoint({
  ...{ summary: '', input, answer, handle, isLarge: true, headersOf: () => ({ link: '</next>' }) },
});
const table = {
  'POST /own': post,
  'GET /plain': plain,
  'POST /first': first,
  'GET /large': large,
  'GET /text': rendered,
};
const handler = httpHandler(endpointRoutes(table, 100));

test('an endpoint answers with its own status and headers, and with a 200 if it says nothing of one', async () => {
  const accepted = await call(handler, 'POST /own', {}, { body: { n: '-1' } });
  expect(accepted).toMatchObject({ status: 202, headers: { location: '/own/99' }, body: { n: 99 } });
  expect((await call(handler, 'POST /own', {}, { body: { n: '1' } })).status).toBe(207);
  expect(await call(handler, 'GET /plain')).toMatchObject({ status: 200, body: { n: 100 } });
  expect((await call(handler, 'POST /first')).status).toBe(202);
});

test('the body of a GET has no meaning, and neither has the query of a POST', async () => {
  const read = await call(handler, 'GET /plain', {}, { query: { n: '1' }, body: { n: '2', more: 1 } });
  expect(read).toMatchObject({ status: 200, body: { n: 101 } });
  const written = await call(handler, 'POST /own', {}, { query: { n: '1' } });
  expect(written).toMatchObject({ status: 400, body: { errors: [{ path: 'n' }] } });
});

const asked = async (path: string, headers: Record<string, string>) => {
  const event = { routeKey: `GET ${path}`, rawPath: path, headers };
  return handler(event as object as APIGatewayProxyEventV2, { functionName: 'test' } as Context);
};

test.each(['text/plain', 'application/other, application/json;q=0.5'])(
  'who asks for %s has the other form, which caches keep apart from JSON',
  async (accept) => {
    expect(await asked('/text', { accept })).toMatchObject({
      headers: { 'content-type': 'text/plain; version=1', vary: 'accept', link: '</next>' },
      body: 'n is 100',
    });
  },
);

test('who asks for nothing in particular has JSON, which caches keep apart too', async () => {
  expect(await asked('/text', {})).toMatchObject({
    headers: { 'content-type': 'application/json', vary: 'accept', link: '</next>' },
    body: '{"n":100}',
  });
});

test('what is large is compressed for who takes that, and is the same', async () => {
  const headers = { vary: 'accept-encoding', link: '</next>', 'content-type': 'application/json' };
  const whole = await asked('/large', {});
  expect(whole).toMatchObject({ statusCode: 200, headers, body: '{"n":100}' });
  expect(whole.headers).not.toHaveProperty('content-encoding');
  const { body = '', ...small } = await asked('/large', { 'Accept-Encoding': 'br, gzip;q=0.8' });
  expect(small).toMatchObject({
    statusCode: 200,
    isBase64Encoded: true,
    headers: { ...headers, 'content-encoding': 'gzip' },
  });
  expect(gunzipSync(Buffer.from(body, 'base64')).toString()).toBe('{"n":100}');
});

test.each([
  ['gzip', true],
  ['br, GZIP;q=0.001', true],
  ['*', true],
  ['gzip;q=1.0, br', true],
  [undefined, false],
  ['', false],
  ['br', false],
  ['gzip;q=0', false],
  ['gzip;q=0.000', false],
  ['xgzip', false],
  ['gzipx', false],
])('who says that it takes %s takes gzip: %s', (said, takes) => {
  expect(takesGzip({ headers: said === undefined ? {} : { 'accept-encoding': said } })).toBe(takes);
});
