import { beforeEach, describe, expect, test } from 'vitest';
import * as z from 'zod';
import { createCommandBus } from '../../lib/core/commands/bus.ts';
import { command } from '../../lib/core/commands/command.ts';
import type { CommandContext, CommandResult } from '../../lib/core/commands/handle.ts';
import { AppError } from '../../lib/core/errors.ts';
import { commandRoutes } from '../../lib/platform/http/command-route.ts';
import { httpHandler } from '../../lib/platform/http/stack.ts';
import { call, hushFunctions } from '../support/call.ts';

hushFunctions();

const sent: { data: unknown; context: CommandContext }[] = [];
const outcome: { replayed: boolean; error?: unknown } = { replayed: false };

beforeEach(() => {
  sent.length = 0;
  outcome.replayed = false;
  delete outcome.error;
});

const input = z.strictObject({ id: z.string().optional(), name: z.string(), reason: z.string().optional() });
const handle = async (
  { data }: { data: z.output<typeof input> },
  _environment: undefined,
  context: CommandContext,
): Promise<CommandResult> => {
  sent.push({ data, context });
  if (outcome.error !== undefined) throw outcome.error;
  return {
    id: data.id ?? 'new',
    version: 4,
    commandId: context.commandId,
    replayed: outcome.replayed,
  } as CommandResult;
};

const create = command({ type: 'Create', summary: '', input, handle, locate: ({ id }) => `/things/${id}` });
const change = command({ type: 'Change', summary: '', input, handle, queryFields: ['reason'] });
const routes = {
  'POST /things': create,
  'PATCH /things/{id}': change,
  'POST /things/{id}': change,
  'POST /things/{id}/name': change,
};
const handler = httpHandler(commandRoutes(routes, createCommandBus([create, change], undefined as never)));

interface Said {
  body?: Record<string, unknown>;
  headers?: Record<string, string>;
  query?: Record<string, string>;
  receivedAt?: Date;
}
const patch = ({ body = {}, ...said }: Said = {}, id = 'a', method = 'PATCH') =>
  call(handler, `${method} /things/{id}`, { id }, { body: { name: 'n', ...body }, ...said });
const contextOf = async (said: Said): Promise<Partial<CommandContext>> => {
  expect((await patch(said)).status).toBe(200);
  return sent.at(-1)?.context ?? {};
};

describe('the version that a command insists on', () => {
  test.each<[string, Said]>([
    ['in the query', { query: { expected_version: '3' } }],
    ['in the body', { body: { expected_version: 3 } }],
    ['in If-Match', { headers: { 'if-match': '"3"' } }],
    [
      'in all of them',
      {
        query: { expected_version: '3' },
        body: { expected_version: 3 },
        headers: { 'if-match': '"2", "3"' },
      },
    ],
    ['in the query beside If-Match: *', { query: { expected_version: '3' }, headers: { 'if-match': '*' } }],
  ])('counts %s', async (_where, said) => {
    expect((await contextOf(said)).expectedVersions).toEqual([3]);
  });

  test.each<[string, Said]>([
    ['query', { query: { expected_version: '0' } }],
    ['body', { body: { expected_version: 0 } }],
  ])('may be 0, in the %s', async (_where, said) => {
    expect((await contextOf(said)).expectedVersions).toEqual([0]);
  });

  test('is no version at all if query and body name different ones, so that the command is refused', async () => {
    const said = { query: { expected_version: '3' }, body: { expected_version: 4 } };
    expect((await contextOf(said)).expectedVersions).toEqual([]);
  });

  test('is any that there is, with If-Match: *, and any or none without a word', async () => {
    expect(await contextOf({ headers: { 'if-match': '*' } })).toMatchObject({ mustExist: true });
    const free = await contextOf({});
    expect([free.expectedVersions, free.mustExist]).toEqual([undefined, undefined]);
  });

  test('is none that a tag of an unknown form names', async () => {
    expect((await contextOf({ headers: { 'if-match': 'W/"3"' } })).expectedVersions).toEqual([]);
  });

  test('is no part of the command', async () => {
    await patch({ query: { expected_version: '3' } });
    await patch({ body: { expected_version: 3 } });
    expect(sent.map(({ data }) => data)).toEqual(Array.from({ length: 2 }, () => ({ id: 'a', name: 'n' })));
  });

  test.each<[string, Said, string]>([
    ['a text in the body', { body: { expected_version: '3' } }, 'expected_version'],
    ['below 0', { body: { expected_version: -1 } }, 'expected_version'],
    ['a fraction', { query: { expected_version: '1.5' } }, 'expected_version'],
    ['no tag', { headers: { 'if-match': '3' } }, 'If-Match'],
    [
      'part of a request with no correlation id',
      { headers: { 'x-correlation-id': 'a b' } },
      'X-Correlation-Id',
    ],
  ])('is refused as %s', async (_what, said, path) => {
    expect(await patch(said)).toMatchObject({ status: 400, body: { errors: [{ path }] } });
    expect(sent).toEqual([]);
  });
});

describe('an Idempotency-Key', () => {
  const keyed = (said: Said = {}) => ({ ...said, headers: { 'idempotency-key': 'k', ...said.headers } });

  test('is the id of the command, and without one each request is a command of its own', async () => {
    expect(await contextOf(keyed())).toMatchObject({ commandId: 'k', idempotencyKey: 'k' });
    const [one, two] = [await contextOf({}), await contextOf({})];
    expect(one.commandId).not.toBe(two.commandId);
    expect([one.idempotencyKey, one.requestHash]).toEqual([undefined, undefined]);
  });

  test('stands for one input at one place, whatever the method and the version that is insisted on', async () => {
    const hash = async (said: Said, id?: string, method?: string) => {
      await patch(keyed(said), id, method);
      return sent.at(-1)?.context.requestHash;
    };
    const first = await hash({});
    expect(first).toBeTypeOf('string');
    expect(await hash({ headers: { 'if-match': '"3"' } })).toBe(first);
    expect(await hash({}, 'a', 'POST')).toBe(first);
    expect(await hash({ body: { name: 'other' } })).not.toBe(first);
    expect(await hash({ query: { reason: 'r' } })).not.toBe(first);
    expect(await hash({}, 'b')).not.toBe(first);
    await call(
      handler,
      'POST /things/{id}/name',
      { id: 'a' },
      { body: { name: 'n' }, headers: { 'idempotency-key': 'k' } },
    );
    expect(sent.at(-1)?.context.requestHash).not.toBe(first);
  });

  test.each(['', 'x'.repeat(256), 'a b', 'é'])('«%s» is none', async (key) => {
    const answer = await patch({ headers: { 'idempotency-key': key } });
    expect(answer).toMatchObject({ status: 400, body: { errors: [{ path: 'Idempotency-Key' }] } });
  });

  test('may have 255 characters', async () => {
    expect((await patch({ headers: { 'idempotency-key': 'x'.repeat(255) } })).status).toBe(200);
  });

  test('whose command had taken effect before says so, in an answer that is otherwise the same', async () => {
    const first = await patch(keyed());
    outcome.replayed = true;
    const again = await patch(keyed());
    expect([first.headers['idempotency-replayed'], again.headers['idempotency-replayed']]).toEqual([
      undefined,
      'true',
    ]);
    expect([again.status, again.body, again.headers['etag']]).toEqual([
      first.status,
      first.body,
      first.headers['etag'],
    ]);
  });
});

describe('the answer to a command', () => {
  test('names what it has created, with a 201, and what it has changed with a 200', async () => {
    const created = await call(handler, 'POST /things', {}, { body: { name: 'n' } });
    expect([created.status, created.headers['location']]).toEqual([201, '/things/new']);
    const changed = await patch();
    expect([changed.status, changed.headers['location']]).toEqual([200, undefined]);
    expect(changed.body).toEqual({ id: 'a', version: 4, command_id: sent.at(-1)?.context.commandId });
    expect(changed.headers['etag']).toMatch(/^"4-/);
  });

  test('has what the command adds of its own', async () => {
    const answer = { fields: z.object({ status: z.string() }), of: () => ({ status: 'done' }) };
    const telling = { ...change, answer };
    const bus = createCommandBus([telling], undefined as never);
    const own = httpHandler(commandRoutes({ 'PATCH /things/{id}': telling }, bus));
    const { body } = await call(own, 'PATCH /things/{id}', { id: 'a' }, { body: { name: 'n' } });
    expect(body).toMatchObject({ id: 'a', status: 'done' });
  });

  test('carries the correlation id that the command has', async () => {
    const answer = await patch({ headers: { 'x-correlation-id': 'c-1' } });
    expect([answer.headers['x-correlation-id'], sent.at(-1)?.context.correlationId]).toEqual(['c-1', 'c-1']);
  });

  test('rests on a command that knows the trace and the moment of its request', async () => {
    const traceparent = `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`;
    const receivedAt = new Date('2026-11-21T10:00:00.123Z');
    const traced = await contextOf({ headers: { traceparent }, receivedAt });
    expect(traced).toMatchObject({ traceparent, requestedAt: receivedAt, correlationId: 'a'.repeat(32) });
    const nonsense = await contextOf({ headers: { traceparent: 'nonsense' } });
    expect(nonsense).not.toHaveProperty('traceparent');
  });

  test('is a 412 if the version is another one, and nothing is replayed', async () => {
    outcome.error = new AppError('precondition_failed', 'It is at version 5');
    expect((await patch({ query: { expected_version: '3' } })).status).toBe(412);
  });
});

describe('a field', () => {
  test.each<[string, Said, string]>([
    ['of the path cannot stand in the body too', { body: { id: 'b' } }, 'id'],
    ['that belongs in the body cannot stand in the query', { query: { name: 'x' } }, 'name'],
    ['cannot be given in both', { query: { reason: 'x' }, body: { reason: 'y' } }, 'reason'],
    ['that nobody knows is refused, also by the name of a prototype', { body: { ['constructor']: 1 } }, ''],
  ])('%s', async (_what, said, path) => {
    const answer = await patch(said);
    expect(answer.status).toBe(400);
    expect(JSON.stringify(answer.body['errors'])).toContain(path);
    expect(sent).toEqual([]);
  });

  test('may stand in the query if the command says so', async () => {
    await patch({ query: { reason: 'because' } });
    expect(sent.at(-1)?.data).toEqual({ id: 'a', name: 'n', reason: 'because' });
  });
});
