import { beforeEach, expect, test } from 'vitest';
import * as z from 'zod';
import { endpoint } from '../../lib/platform/http/endpoint.ts';
import { endpointRoutes } from '../../lib/platform/http/endpoint-route.ts';
import { httpHandler } from '../../lib/platform/http/stack.ts';
import { call, hushFunctions } from '../support/call.ts';

const rename = endpoint({
  summary: 'Another name',
  input: z.strictObject({ name: z.string() }),
  answer: z.strictObject({}),
  handle: async () => ({}),
});
const handler = httpHandler(endpointRoutes({ 'POST /names': rename, 'GET /names': rename }, undefined));

beforeEach(hushFunctions);

test.each(['', ' ', '__proto__', 'expected_version'])(
  'a field «%s» that nobody knows is refused',
  async (name) => {
    const fields = Object.fromEntries([
      ['name', 'a'],
      [name, '1'],
    ]);
    expect((await call(handler, 'POST /names', {}, { body: fields })).status).toBe(400);
    expect((await call(handler, 'GET /names', {}, { query: fields })).status).toBe(400);
  },
);

test('the fields that are known are taken', async () => {
  expect((await call(handler, 'POST /names', {}, { body: { name: 'a' } })).status).toBe(200);
  expect((await call(handler, 'GET /names', {}, { query: { name: 'a' } })).status).toBe(200);
});
