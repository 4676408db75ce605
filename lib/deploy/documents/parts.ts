// What the operations of the document have in common: parameters in headers, headers of answers, the problem.
import type { AnyQuery } from '../../core/queries/query.ts';
import { patternOf } from '../../platform/http/caller-ids.ts';
import type { JsonSchema, ObjectSchema } from './json-schema.ts';

type Kind = 'command' | 'queued' | 'endpoint' | AnyQuery['kind'];

const parameter = (place: 'header' | 'query', name: string, description: string, schema: JsonSchema) => ({
  name,
  in: place,
  required: false,
  description,
  schema,
});

const correlationId = parameter(
  'header',
  'X-Correlation-Id',
  'Follows everything that the request causes; made if absent',
  { type: 'string', pattern: patternOf('X-Correlation-Id') },
);
const idempotencyKey = parameter(
  'header',
  'Idempotency-Key',
  'The command takes effect once, however often it is sent',
  { type: 'string', pattern: patternOf('Idempotency-Key') },
);
const ifMatch = parameter(
  'header',
  'If-Match',
  'ETags that were given: the command takes effect at one of their versions alone; * for any',
  // One tag or a list of them, or `*`; see lib/platform/http/etag.ts.
  {
    anyOf: [
      { type: 'string', const: '*' },
      { type: 'string', pattern: '^(?:W/)?"[!#-~]*"(?: *, *(?:W/)?"[!#-~]*")*$' },
    ],
  },
);
const ifNoneMatch = parameter(
  'header',
  'If-None-Match',
  'ETags of answers that need not be sent again; * for any',
  { type: 'string' },
);

/** What a parameter of this name means wherever there is one. */
const meanings: Record<string, string> = {
  id: 'Which one is meant',
  key: 'The key that it was written under',
  event_id: 'Which event is meant',
  stream_id: 'An aggregate: the type of its stream, a dash, its id',
  stream_type: 'Aggregates of this type alone',
  correlation_id: 'What this request caused alone',
  subscription: 'The name of a subscriber',
  fingerprint: 'Failures of this cause alone',
  status: 'Those of this status alone',
  state: 'Those in this state alone',
  kind: 'Those of this kind alone',
  type: 'Events of this type alone',
  version: 'As of this version; the last one if absent',
  limit: 'How many there are on a page',
  skip: 'How many to pass over; to go on from page to page, follow the link',
  after: 'Where the page before ended, as its link to the next one says',
  after_position: 'Events after this position of the log',
  order: 'Which end of the log comes first',
  sort_by: 'What they are sorted by',
  sort_order: 'Which end comes first',
  after_version: 'Events after this version of the aggregate',
  page: 'The number of the page, from 1',
  page_size: 'How many there are on a page',
  q: 'The beginnings of words, whatever their case',
};

/** Nothing in a schema can say that something must be in one of two places. */
export const orInBody = 'May stand in the body in place of the query';

/** The fields of an input as parameters. What a field says of itself comes first. */
export const parametersOf = (
  place: 'path' | 'query',
  { properties, required }: ObjectSchema,
  also = '',
): JsonSchema[] =>
  Object.entries(properties).map(([name, { description = meanings[name], ...schema }]) => {
    const described = [description, also].filter(Boolean).join('. ');
    return {
      name,
      in: place,
      required: place === 'path' || required.includes(name),
      ...(described === '' ? {} : { description: described }),
      schema,
    };
  });

/** What a caller may send in headers. What is always new has no version that could be insisted on. */
export const headerParameters = (
  kind: Kind,
  { isNew, isRead }: { isNew: boolean; isRead: boolean },
): JsonSchema[] => {
  if (kind === 'command') return [correlationId, idempotencyKey, ...(isNew ? [] : [ifMatch])];
  if (kind === 'queued') return [correlationId, idempotencyKey];
  return isRead ? [correlationId, ifNoneMatch] : [correlationId];
};

export const version = { type: 'integer', minimum: 0, maximum: Number.MAX_SAFE_INTEGER };
const expectedVersion = (description: string) => parameter('query', 'expected_version', description, version);
const timeout = parameter('query', 'timeout_ms', 'How long to wait for the version', {
  type: 'integer',
  minimum: 0,
  maximum: 5_000,
});
const consistentWith = parameter(
  'query',
  'consistent_with',
  'An aggregate and the version of it that the list must show',
  {
    type: 'string',
    pattern: '^[0-9a-fA-F]{8}-([0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}@[0-9]{1,15}$',
  },
);

/** Which version is waited for, or insisted on. */
export const versionParameters = (kind: Kind, isNew = false): JsonSchema[] => {
  if (isNew) return [];
  if (kind === 'command') return [expectedVersion('The version at which the command takes effect alone')];
  if (kind === 'document') return [expectedVersion('The version that is waited for'), timeout];
  return kind === 'list' ? [consistentWith, timeout] : [];
};

/** What may be sent, if the value of a route says so. */
export const exampleOf = (value: object): { example?: unknown } =>
  'example' in value && value.example !== undefined ? { example: value.example } : {};

const text: JsonSchema = { type: 'string' };

/** Headers of an answer, by name; with a `!` behind it, one that is always there. */
export const headersOf = (names: string[]): JsonSchema =>
  Object.fromEntries(
    names.map((named) => {
      const name = named.replace('!', '');
      return [name, { required: name !== named, schema: name === 'Retry-After' ? version : text }];
    }),
  );

export const securitySchemes: JsonSchema = {
  operator: { type: 'http', scheme: 'bearer', description: 'The OPS_TOKEN of the stage' },
  caller: {
    type: 'http',
    scheme: 'bearer',
    bearerFormat: 'JWT',
    description: 'A token of the issuer of the stage, if the stage names one',
  },
};

export const problemSchema: JsonSchema = {
  type: 'object',
  description: 'What is wrong, as RFC 9457 has it',
  required: ['type', 'title', 'status', 'instance', 'correlation_id'],
  properties: {
    type: text,
    title: text,
    status: { type: 'integer' },
    detail: text,
    instance: text,
    correlation_id: text,
    errors: {
      type: 'array',
      description: 'One entry for each bad field',
      items: { type: 'object', required: ['path', 'message'], properties: { path: text, message: text } },
    },
  },
};
