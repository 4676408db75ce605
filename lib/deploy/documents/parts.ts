// What the operations of the document have in common: parameters in headers, headers of answers, the problem.
import type { AnyQuery } from '../../core/queries/query.ts';
import type { JsonSchema, ObjectSchema } from './json-schema.ts';

type Kind = 'command' | 'queued' | 'endpoint' | AnyQuery['kind'];

const visible = (most: number): JsonSchema => ({ type: 'string', pattern: `^[\\x21-\\x7e]{1,${most}}$` });

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
  visible(128),
);
const idempotencyKey = parameter(
  'header',
  'Idempotency-Key',
  'The command takes effect once, however often it is sent',
  visible(255),
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

/** The fields of an input as parameters. */
export const parametersOf = (place: 'path' | 'query', { properties, required }: ObjectSchema): JsonSchema[] =>
  Object.entries(properties).map(([name, schema]) => ({
    name,
    in: place,
    required: place === 'path' || required.includes(name),
    schema,
  }));

/** What a caller may send in headers. */
export const headerParameters = (kind: Kind): JsonSchema[] => {
  if (kind === 'command') return [correlationId, idempotencyKey, ifMatch];
  if (kind === 'queued') return [correlationId, idempotencyKey];
  return kind === 'endpoint' ? [correlationId] : [correlationId, ifNoneMatch];
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
export const versionParameters = (kind: Kind): JsonSchema[] => {
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
