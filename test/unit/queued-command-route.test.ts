import type { Db } from 'mongodb';
import { beforeEach, expect, test, vi } from 'vitest';
import * as z from 'zod';
import { queuedCommand } from '../../lib/core/commands/command.ts';
import { AppError } from '../../lib/core/errors.ts';
import { queuedCommandRoutes } from '../../lib/platform/http/queued-command-route.ts';
import { httpHandler } from '../../lib/platform/http/stack.ts';
import { call, hushFunctions } from '../support/call.ts';
import { linesOf } from '../support/lines.ts';

interface Posted {
  queue: string;
  command: Record<string, unknown>;
  timeoutMs: number;
}

/** The keys that were used, and what is on the queue. */
const given = vi.hoisted(() => ({
  keys: new Map<string, object>(),
  posted: [] as Posted[],
  refusal: undefined as unknown,
}));
vi.mock('../../lib/core/stores/command-keys.ts', () => ({
  rememberCommand: async (_db: unknown, key: string, kept: object) => {
    const earlier = given.keys.get(key);
    if (earlier === undefined) given.keys.set(key, kept);
    return earlier;
  },
}));
vi.mock('../../lib/platform/post-command.ts', () => ({
  postCommand: async (queue: string, command: Posted['command'], timeoutMs: number) => {
    if (given.refusal !== undefined) throw given.refusal;
    given.posted.push({ queue, command, timeoutMs });
  },
}));

hushFunctions();
beforeEach(() => {
  given.keys.clear();
  given.posted.length = 0;
  given.refusal = undefined;
});

const see = queuedCommand({
  type: 'See',
  summary: '',
  queue: 'things-commands',
  input: z.strictObject({ id: z.string(), from: z.string().optional() }),
  toData: ({ id }) => ({ id, count: 1 }),
  answer: { fields: z.object({ seen: z.string() }), of: ({ id }) => ({ seen: id }) },
});
const handler = httpHandler(queuedCommandRoutes({ 'POST /things/{id}/views': see }, {} as Partial<Db> as Db));
const send = (
  { id = 'a', key, body }: { id?: string; key?: string; body?: object } = {},
  headers: Record<string, string> = {},
) =>
  call(
    handler,
    'POST /things/{id}/views',
    { id },
    {
      headers: { ...headers, ...(key === undefined ? {} : { 'idempotency-key': key }) },
      ...(body === undefined ? {} : { body }),
    },
  );
const idsOf = () => given.posted.map(({ command }) => command['command_id']);

test('a command that is queued is on its way when it is answered, with what its request said', async () => {
  const traceparent = `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`;
  const answer = await send({ body: { from: 'x' } }, { 'x-correlation-id': 'c-1', traceparent });
  const [{ queue, command, timeoutMs } = { queue: '', command: {}, timeoutMs: 0 }] = given.posted;
  expect(answer).toMatchObject({ status: 202, body: { seen: 'a', command_id: command['command_id'] } });
  expect(answer.headers).not.toHaveProperty('idempotency-replayed');
  expect(queue).toBe('things-commands');
  expect(command).toMatchObject({
    ...{ type: 'See', data: { id: 'a', count: 1 }, correlation_id: 'c-1', traceparent },
    ...{ causation_id: command['command_id'], sent_at: expect.any(Date) },
  });
  // Whoever waits for a command has an answer within five seconds, whatever is away.
  expect(timeoutMs).toBeLessThan(3_000);
});

test('a command that the queue does not take is not accepted', async () => {
  given.refusal = new AppError('unavailable', 'The queue cannot take it', { retryAfter: 2 });
  await linesOf(async () => {
    const { status, headers } = await send();
    expect([status, headers['retry-after']]).toEqual([503, '2']);
  });
});

test('a command without a key is another one each time', async () => {
  await send();
  await send();
  expect(new Set(idsOf()).size).toBe(2);
  expect(given.keys.size).toBe(0);
});

test('a retry under a key is the same command, is sent again, and says that it is a replay', async () => {
  const first = await send({ key: 'k' });
  const again = await send({ key: 'k' });
  expect([first.headers['idempotency-replayed'], again.headers['idempotency-replayed']]).toEqual([
    undefined,
    'true',
  ]);
  expect([again.status, again.body]).toEqual([first.status, first.body]);
  expect(idsOf()).toEqual([first.body['command_id'], first.body['command_id']]);
});

test('a key that stood for another request is refused, and nothing is sent', async () => {
  await send({ key: 'k' });
  for (const other of [{ id: 'b' }, { body: { from: 'x' } }])
    expect((await send({ key: 'k', ...other })).status).toBe(422);
  expect(given.posted).toHaveLength(1);
});

test('the same key at another place is the key of another command', async () => {
  await send({ key: 'k' });
  given.keys.clear();
  await send({ key: 'k', id: 'b' });
  expect(new Set(idsOf()).size).toBe(2);
});

test.each<[string, Record<string, string>, object]>([
  ['If-Match', { 'if-match': '"1"' }, {}],
  ['Idempotency-Key', { 'idempotency-key': 'a b' }, {}],
  ['X-Correlation-Id', { 'x-correlation-id': 'a b' }, {}],
  ['other', {}, { other: 1 }],
])('a command that is queued takes no bad %s', async (path, headers, body) => {
  expect(await send({ body }, headers)).toMatchObject({ status: 400, body: { errors: [{ path }] } });
  expect(given.posted).toEqual([]);
});
