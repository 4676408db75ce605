// The OpenAPI document, from the values that the routes run on: each route's input, its answers, what may be wrong.
import * as z from 'zod';
import type { AnyCommand, AnyQueuedCommand } from '../../core/commands/command.ts';
import type { AnyQuery } from '../../core/queries/query.ts';
import type { AnyEndpoint } from '../../platform/http/endpoint.ts';
import { titleOf } from '../../platform/http/problem.ts';
import { answerSchema, inputSchema, type JsonSchema, type ObjectSchema, pick } from './json-schema.ts';
import { addLinks } from './links.ts';
import {
  exampleOf,
  headerParameters,
  headersOf,
  orInBody,
  parametersOf,
  problemSchema,
  securitySchemes,
  version,
  versionParameters,
} from './parts.ts';

/** Too large; no JSON. */
const bodyErrors = [413, 415];

export type RouteValue = AnyCommand | AnyQueuedCommand | AnyQuery | AnyEndpoint;

/** What is said of all routes of a function. */
interface Place {
  /** What its routes are listed under. */
  tag: string;
  /** Its routes that anybody may call. */
  open: readonly string[];
}

export interface DescribedRoute {
  value: RouteValue;
  tag: string;
  isOpen: boolean;
}

interface Answers {
  statuses: number[];
  schema: JsonSchema;
  headers: string[];
  /** Statuses of problems. */
  problems: number[];
}

const commandAnswer = z.strictObject({ id: z.string(), version: z.int(), command_id: z.string() });

const stale = { _warning: { type: 'string' } };

const staleAllowed = (schema: JsonSchema): JsonSchema =>
  schema['type'] === 'object'
    ? { ...schema, properties: { ...(schema['properties'] as object), ...stale } }
    : schema;

const answersOf = (value: RouteValue, { hasId, hasBody }: { hasId: boolean; hasBody: boolean }): Answers => {
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
        statuses: value.statuses ?? [200],
        schema: answerSchema(value.answer),
        headers: value.headers ?? [],
        problems: [...missing, ...(hasBody ? bodyErrors : []), ...(value.problems ?? [])],
      };
  }
};

const makesNew = (value: RouteValue): boolean => value.kind === 'command' && value.makesNew === true;

const isForOperators = (value: RouteValue): boolean => 'operators' in value && value.operators === true;

/** Where each field of the input stands. */
const placesOf = (key: string, value: RouteValue, names: string[]) => {
  const inPath = [...key.matchAll(/\{(\w+)\+?\}/g)].map(([, name = '']) => name);
  const others = names.filter((name) => !inPath.includes(name));
  if (key.startsWith('GET ')) return { inPath, inQuery: others, inBody: [] };
  const queryFields = value.kind === 'command' ? (value.queryFields ?? []) : [];
  // What may stand in the query is described there alone: nothing can say that it must be in one of two places.
  return {
    inPath,
    inQuery: others.filter((name) => queryFields.includes(name)),
    inBody: others.filter((name) => !queryFields.includes(name)),
  };
};

const bodyOf = (value: RouteValue, input: ObjectSchema, inBody: string[]): JsonSchema => {
  if (inBody.length === 0) return {};
  const picked = pick(input, inBody);
  const insisted = value.kind === 'command' && !makesNew(value) ? { expected_version: version } : {};
  const schema = { ...picked, properties: { ...picked.properties, ...insisted } };
  return {
    requestBody: {
      required: schema.required.length > 0,
      content: { 'application/json': { schema, ...exampleOf(value) } },
    },
  };
};

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

const responsesOf = (value: RouteValue, answers: Answers): JsonSchema => {
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

/** As far as a stage asks for tokens: see lib/platform/http/served-document.ts. */
const securityOf = ({ value, isOpen }: DescribedRoute): JsonSchema[] => {
  if (isForOperators(value)) return [{ operator: [] }];
  return isOpen ? [] : [{ caller: [] }];
};

const operationOf = (key: string, route: DescribedRoute): JsonSchema => {
  const { value, tag } = route;
  const input = inputSchema(value.input);
  const { inPath, inQuery, inBody } = placesOf(key, value, Object.keys(input.properties));
  return {
    operationId: key.replaceAll(/\W+/g, '_').replace(/_$/, ''),
    summary: value.summary,
    tags: [tag],
    security: securityOf(route),
    parameters: [
      ...parametersOf('path', pick(input, inPath)),
      ...parametersOf('query', pick(input, inQuery), key.startsWith('GET ') ? '' : orInBody),
      ...versionParameters(value.kind, makesNew(value)),
      ...headerParameters(value.kind, makesNew(value)),
    ],
    ...bodyOf(value, input, inBody),
    responses: responsesOf(
      value,
      answersOf(value, { hasId: inPath.length > 0, hasBody: !key.startsWith('GET ') }),
    ),
  };
};

const isValue = (value: unknown): value is RouteValue =>
  typeof value === 'object' && value !== null && 'input' in value;

/** The routes of a table that have a value behind them; files of a page have none. */
export const describedRoutes = (
  table: Record<string, unknown>,
  { tag, open }: Place,
): Record<string, DescribedRoute> =>
  Object.fromEntries(
    Object.entries(table).flatMap(([key, value]) =>
      isValue(value) ? [[key, { value, tag, isOpen: open.includes(key) }]] : [],
    ),
  );

/** The document of all routes: a route's key to the value behind it. */
export const openApiOf = (routes: Record<string, DescribedRoute>): JsonSchema => {
  const paths: Record<string, Record<string, JsonSchema>> = {};
  for (const [key, route] of Object.entries(routes)) {
    const [method = '', path = ''] = key.split(' ');
    const at = path.replaceAll('+}', '}');
    paths[at] = { ...paths[at], [method.toLowerCase()]: operationOf(key, route) };
  }
  addLinks(paths);
  return {
    openapi: '3.1.0',
    info: {
      title: 'Tandem',
      version: '1',
      license: { name: 'MIT', identifier: 'MIT' },
      description: 'Commands and queries of this system, and its operations.',
    },
    servers: [{ url: '/' }],
    paths,
    components: {
      schemas: { Problem: problemSchema },
      securitySchemes,
    },
  };
};
