// What the document says of each kind of route. Source: lib/deploy/documents/openapi.ts, responses.ts, parts.ts, links.ts.
import { expect, test } from 'vitest';
import * as z from 'zod';
import { command, queuedCommand } from '../../lib/core/commands/command.ts';
import { documentQuery, listQuery } from '../../lib/core/queries/query.ts';
import { describedRoutes, openApiOf } from '../../lib/deploy/documents/openapi.ts';
import { endpoint } from '../../lib/platform/http/endpoint.ts';

const never = async (): Promise<never> => {
  throw new Error('it is only described');
};
const thing = z.strictObject({ id: z.string(), version: z.int(), at: z.date() });
const byId = { id: z.string() };

const create = command({
  ...{ type: 'Create', summary: 'Makes one', handle: never, makesNew: true },
  input: z.strictObject({ name: z.string(), colour: z.string().optional() }),
  example: { name: 'Lamp' },
  locate: ({ id }) => `/things/${id}`,
});
const change = command({
  ...{ type: 'Change', summary: 'Ends one', handle: never, queryFields: ['reason'] },
  input: z.strictObject({ ...byId, reason: z.string(), note: z.string().optional() }),
  refusals: ['It has ended', 'It is new'],
});
const see = queuedCommand({
  ...{ type: 'See', summary: 'Seen', queue: 'q', input: z.strictObject(byId), toData: () => ({}) },
  answer: { fields: z.strictObject({ seen: z.string() }), of: () => ({}) },
});
const get = documentQuery({
  ...{ type: 'Get', summary: 'One', what: 'thing', handle: never },
  ...{ input: z.strictObject({ ...byId, as_of: z.string().optional() }), answer: thing },
});
const list = listQuery({
  ...{
    type: 'List',
    summary: 'All',
    handle: never,
    hasReached: never,
    input: z.strictObject({ q: z.string() }),
  },
  answer: z.array(thing),
});
const start = endpoint({
  ...{ summary: 'Starts work', operators: true, statuses: [202], headers: ['Location!'], problems: [409] },
  ...{ input: z.strictObject({ size: z.int().default(3) }), answer: thing, handle: never },
});
const look = endpoint({
  ...{ summary: 'Looks', answer: thing, handle: never },
  // A path without it is another one.
  input: z.strictObject({ id: z.string().optional() }),
});
const table = {
  'POST /things': create,
  'DELETE /things/{id}': change,
  'POST /things/{id}/views': see,
  'GET /things/{id}': get,
  'GET /things': list,
  'POST /runs': start,
  'GET /runs/{id+}': look,
};

interface Parameter {
  name: string;
  in: string;
  required: boolean;
  description?: string;
  schema: Record<string, unknown>;
}
interface Operation {
  operationId: string;
  security: object[];
  parameters: Parameter[];
  requestBody?: { required: boolean; content: Record<string, { schema: Record<string, unknown> }> };
  responses: Record<
    string,
    { description: string; content?: object; headers: Record<string, { required: boolean }>; links?: object }
  >;
}
const { paths } = openApiOf(describedRoutes(table, { tag: 'things', open: ['GET /things'] }));
const at = (path: string, method: string): Operation =>
  (paths as Record<string, Record<string, Operation>>)[path]?.[method] as Operation;

/** `id in path!`: a `!` stands for what is required. */
const parametersOf = ({ parameters }: Operation): string[] =>
  parameters.map(({ name, in: place, required }) => `${name} in ${place}${required ? '!' : ''}`);
const bodyOf = ({ requestBody }: Operation) => {
  const { schema: { properties = {}, required } = {} } = requestBody?.content['application/json'] ?? {};
  return [requestBody?.required, Object.keys(properties as object), required];
};
const headersOf = ({ responses }: Operation, status: number): string[] =>
  Object.entries(responses[status]?.headers ?? {}).map(
    ([name, { required }]) => `${name}${required ? '!' : ''}`,
  );
const common = [400, 405, 500, 503];
const statusesOf = ({ responses }: Operation): number[] => Object.keys(responses).map(Number);
const rising = (...statuses: number[]): number[] =>
  [...statuses, ...common].sort((one, other) => one - other);

test('a command that makes something has no version yet, and links to what takes its id', () => {
  const made = at('/things', 'post');
  expect(parametersOf(made)).toEqual(['X-Correlation-Id in header', 'Idempotency-Key in header']);
  expect(bodyOf(made)).toEqual([true, ['name', 'colour'], ['name']]);
  expect(made.requestBody?.content['application/json']).toHaveProperty('example', { name: 'Lamp' });
  expect(statusesOf(made)).toEqual(rising(201, 409, 412, 413, 415, 422));
  expect(headersOf(made, 201)).toEqual([
    ...['X-Correlation-Id!', 'ETag!', 'Idempotency-Replayed', 'Location!'],
  ]);
  const parameters = { id: '$response.body#/id' };
  expect(made.responses[201]?.links).toEqual(
    Object.fromEntries(
      ['DELETE_things_id', 'GET_things_id', 'POST_things_id_views'].map((operationId) => [
        operationId,
        { operationId, parameters },
      ]),
    ),
  );
  expect(made.security).toEqual([{ caller: [] }]);
});

test('a command that changes something insists on a version if it is told to, and says what may refuse it', () => {
  const changed = at('/things/{id}', 'delete');
  expect(parametersOf(changed)).toEqual([
    ...['id in path!', 'reason in query!', 'expected_version in query'],
    ...['X-Correlation-Id in header', 'Idempotency-Key in header', 'If-Match in header'],
  ]);
  expect(changed.parameters[1]?.description).toBe('May stand in the body in place of the query');
  // None of what may stand in the body must.
  expect(bodyOf(changed)).toEqual([false, ['note', 'expected_version'], []]);
  expect(statusesOf(changed)).toEqual(rising(200, 404, 409, 412, 413, 415, 422));
  expect(changed.responses[409]?.description).toMatch(/\. It has ended\. It is new$/);
  expect(headersOf(changed, 200)).toEqual(['X-Correlation-Id!', 'ETag!', 'Idempotency-Replayed']);
});

test('a command that is queued has no version, and its answer no ETag', () => {
  const seen = at('/things/{id}/views', 'post');
  expect(parametersOf(seen)).toEqual([
    ...['id in path!', 'X-Correlation-Id in header', 'Idempotency-Key in header'],
  ]);
  expect(statusesOf(seen)).toEqual(rising(202, 413, 415, 422));
  expect(headersOf(seen, 202)).toEqual(['X-Correlation-Id!', 'Idempotency-Replayed']);
});

test('a query waits for a version, as long as it may, and is not sent again to who has its answer', () => {
  const one = at('/things/{id}', 'get');
  expect(parametersOf(one)).toEqual([
    ...['id in path!', 'as_of in query', 'expected_version in query', 'timeout_ms in query'],
    ...['X-Correlation-Id in header', 'If-None-Match in header'],
  ]);
  expect(one.parameters[3]?.schema).toEqual({ type: 'integer', minimum: 0, maximum: 5_000 });
  expect(statusesOf(one)).toEqual(rising(200, 304, 404));
  expect(headersOf(one, 200)).toEqual(['X-Correlation-Id!', 'ETag', 'Warning']);
  const told = (status: number) => one.responses[status]?.description;
  expect([told(200), told(304)]).toEqual(['One', 'Not changed']);
  expect(one.responses[200]?.content).toHaveProperty(['application/json', 'schema']);
  expect(one.responses[304]).not.toHaveProperty('content');
  expect(Object.keys(one.responses[400]?.content ?? {})).toEqual(['application/problem+json']);
  const all = at('/things', 'get');
  expect(parametersOf(all)).toEqual([
    ...['q in query!', 'consistent_with in query', 'timeout_ms in query'],
    ...['X-Correlation-Id in header', 'If-None-Match in header'],
  ]);
  expect(statusesOf(all)).toEqual(rising(200, 304));
  expect(headersOf(all, 200)).toEqual(['X-Correlation-Id!', 'ETag', 'Warning', 'Link']);
  // Anybody may ask.
  expect(all.security).toEqual([]);
});

test('what is for operators asks for their token, and what is started is linked to what it becomes', () => {
  const started = at('/runs', 'post');
  expect(started.security).toEqual([{ operator: [] }]);
  expect(statusesOf(started)).toEqual(rising(202, 401, 403, 409, 413, 415));
  expect(headersOf(started, 202)).toEqual(['X-Correlation-Id!', 'Location!']);
  expect(headersOf(started, 401)).toEqual(['X-Correlation-Id!', 'WWW-Authenticate!']);
  expect(headersOf(started, 405)).toEqual(['X-Correlation-Id!', 'Allow!']);
  for (const status of [409, 503])
    expect(headersOf(started, status)).toEqual(['X-Correlation-Id!', 'Retry-After']);
  expect(Object.keys(started.responses[202]?.links ?? {})).toEqual(['GET_runs_id']);
  expect(bodyOf(started)).toEqual([false, ['size'], []]);
  expect(parametersOf(at('/runs/{id}', 'get'))[0]).toBe('id in path!');
});
