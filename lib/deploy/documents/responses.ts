// What an operation of the OpenAPI document may answer: each status with its headers and its body, and the problems.
import * as z from 'zod';
import type { AnyCommand, AnyQueuedCommand } from '../../core/commands/command.ts';
import type { AnyQuery } from '../../core/queries/query.ts';
import type { AnyEndpoint } from '../../platform/http/endpoint.ts';
import { titleOf } from '../../platform/http/problem.ts';
import { answerSchema, type JsonSchema } from './json-schema.ts';
import { headersOf } from './parts.ts';

export type RouteValue = AnyCommand | AnyQueuedCommand | AnyQuery | AnyEndpoint;

/** Too large; no JSON. */
const bodyErrors = [413, 415];

interface Answers {
  statuses: number[];
  schema: JsonSchema;
  headers: string[];
  /** Statuses of problems. */
  problems: number[];
}

/** What a route's key says of it. */
interface Shape {
  hasId: boolean;
  isRead: boolean;
}

const commandAnswer = z.strictObject({ id: z.string(), version: z.int(), command_id: z.string() });

const stale = { _warning: { type: 'string' } };

const staleAllowed = (schema: JsonSchema): JsonSchema =>
  schema['type'] === 'object'
    ? { ...schema, properties: { ...(schema['properties'] as object), ...stale } }
    : schema;

const answersOf = (value: RouteValue, { hasId, isRead }: Shape): Answers => {
  const missing = hasId ? [404] : [];
  switch (value.kind) {
    case 'command':
      return {
        statuses: [value.locate === undefined ? 200 : 201],
        schema: answerSchema(commandAnswer.extend(value.answer?.fields.shape ?? {})),
        headers: ['ETag!', 'Idempotency-Replayed', ...(value.locate === undefined ? [] : ['Location!'])],
        problems: [...missing, ...bodyErrors, 409, 412, 422],
      };
    case 'queued':
      return {
        statuses: [202],
        schema: answerSchema(value.answer.fields.extend({ command_id: z.string() })),
        headers: ['Idempotency-Replayed'],
        problems: [...bodyErrors, 422],
      };
    case 'document':
    case 'list':
      return {
        statuses: [200, 304],
        schema: staleAllowed(answerSchema(value.answer)),
        headers: ['ETag', 'Warning', ...(value.kind === 'list' ? ['Link'] : [])],
        problems: value.what === undefined ? [] : missing,
      };
    case 'endpoint':
      return {
        statuses: [...(value.statuses ?? [200]), ...(isRead ? [304] : [])],
        schema: answerSchema(value.answer),
        headers: [...(isRead ? ['ETag'] : []), ...(value.headers ?? [])],
        problems: [...missing, ...(isRead ? [] : bodyErrors), ...(value.problems ?? [])],
      };
  }
};

export const isForOperators = (value: RouteValue): boolean =>
  'operators' in value && value.operators === true;

const contentOf = (value: RouteValue, schema: JsonSchema): JsonSchema => ({
  'application/json': { schema },
  ...(value.kind === 'endpoint' && value.rendering !== undefined
    ? { [value.rendering.contentType]: { schema: { type: 'string' } } }
    : {}),
});

const success = (status: number, value: RouteValue, { schema, headers }: Answers): JsonSchema => ({
  description: status === 304 ? 'Not changed' : value.summary,
  headers: headersOf(['X-Correlation-Id!', ...headers]),
  ...(status === 304 ? {} : { content: contentOf(value, schema) }),
});

const problemHeaders: Record<number, string> = {
  401: 'WWW-Authenticate!',
  404: 'Retry-After',
  405: 'Allow!',
  409: 'Retry-After',
  503: 'Retry-After',
};

/** Which rules may say no, where a route tells of them. */
const reasonOf = (status: number, value: RouteValue): string => {
  const refusals = status === 409 && value.kind === 'command' ? (value.refusals ?? []) : [];
  return [titleOf(status), ...refusals].join('. ');
};

const problem = (status: number, value: RouteValue): JsonSchema => ({
  description: reasonOf(status, value),
  headers: headersOf(['X-Correlation-Id!', ...[problemHeaders[status] ?? []].flat()]),
  content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
});

export const responsesOf = (value: RouteValue, shape: Shape): JsonSchema => {
  const answers = answersOf(value, shape);
  const closed = isForOperators(value) ? [401, 403] : [];
  // OpenAPI has no other place than the operations of a path for what its other methods answer: 405.
  const problems = [...new Set([400, ...closed, ...answers.problems, 405, 500, 503])];
  return Object.fromEntries([
    ...answers.statuses.map((status) => [String(status), success(status, value, answers)]),
    ...problems
      .filter((status) => !answers.statuses.includes(status))
      .sort((one, other) => one - other)
      .map((status) => [String(status), problem(status, value)]),
  ]);
};
