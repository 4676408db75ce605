// What a request for a command says: its input, its key, the versions that it insists on, and what is wrong with it.
import { createHash } from 'node:crypto';
import * as z from 'zod';
import { AppError, type FieldError } from '../../core/errors.ts';
import { expectedVersion } from '../../core/fields.ts';
import { findFaults } from '../parse-input.ts';
import { callerIdFaults } from './caller-ids.ts';
import { acceptedVersions } from './etag.ts';
import type { HttpRequest } from './request.ts';

/** The versions at which a command may take effect; any, if absent. */
export interface Conditions {
  expectedVersions?: number[];
  mustExist?: boolean;
}

interface Gathered {
  /** What path, query and body say together. */
  input: Record<string, unknown>;
  conditions: Conditions;
  idempotencyKey: string | undefined;
  faults: FieldError[];
}

interface Accepted {
  /** The fields that may stand in the query string. */
  queryFields: string[];
  /** Whether `expected_version` is one of the parameters. */
  hasVersion: boolean;
}

const fault = (path: string, message: string): FieldError => ({ path, message });

const bodyOf = (request: HttpRequest): Record<string, unknown> => {
  const body = request.body();
  if (body === undefined) return {};
  if (typeof body !== 'object' || body === null || Array.isArray(body))
    throw new AppError('invalid_input', 'The body must be a JSON object');
  return body as Record<string, unknown>;
};

const inBody = z.object({ expected_version: z.int().min(0).optional() });
const inQuery = z.object({ expected_version: expectedVersion.optional() });

/** What `If-Match` and `expected_version` ask for together. */
const readConditions = (
  header: string | undefined,
  body: Record<string, unknown>,
  query: Record<string, string>,
): { conditions: Conditions; faults: FieldError[] } => {
  const accepted = header === undefined ? [] : acceptedVersions(header);
  const faults = [
    ...(accepted === undefined ? [fault('If-Match', 'must be ETags in quotes, or *')] : []),
    ...findFaults(inBody, body),
    ...findFaults(inQuery, query),
  ];
  if (faults.length > 0) return { conditions: {}, faults };
  const sets = [
    ...(header === undefined || accepted === '*' || accepted === undefined ? [] : [accepted]),
    ...[inBody.parse(body), inQuery.parse(query)].flatMap(({ expected_version: version }) =>
      version === undefined ? [] : [[version]],
    ),
  ];
  const [first, ...others] = sets;
  const conditions: Conditions = accepted === '*' ? { mustExist: true } : {};
  if (first !== undefined)
    conditions.expectedVersions = first.filter((version) => others.every((set) => set.includes(version)));
  return { conditions, faults };
};

const without = <T extends object>(fields: T, names: string[]): [string, unknown][] =>
  Object.entries(fields).filter(([field]) => !names.includes(field));

/** What a request says, and all that is wrong with how it says it. @throws AppError if its body cannot be read. */
export const gather = (request: HttpRequest, { queryFields, hasVersion }: Accepted): Gathered => {
  const { params, query, headers } = request;
  // A body of a GET has no meaning.
  const body = request.routeKey.startsWith('GET ') ? {} : bodyOf(request);
  const idempotencyKey = headers['idempotency-key'];
  const { conditions, faults } = hasVersion
    ? readConditions(headers['if-match'], body, query)
    : { conditions: {}, faults: [] };
  const reserved = hasVersion ? ['expected_version'] : [];
  const [said, asked] = [without(body, reserved), without(query, reserved)];
  return {
    // Own properties only, so that a field named `__proto__` stays a field, and an unknown one.
    input: Object.fromEntries([
      ...asked.filter(([name]) => queryFields.includes(name)),
      ...said,
      ...Object.entries(params),
    ]),
    conditions,
    idempotencyKey,
    faults: [
      ...request.faults,
      ...callerIdFaults('Idempotency-Key', idempotencyKey),
      ...faults,
      ...asked
        .filter(([name]) => !queryFields.includes(name))
        .map(([name]) => fault(name, 'is not a known parameter')),
      ...said
        .filter(([name]) => Object.hasOwn(params, name))
        .map(([name]) => fault(name, 'is not a known field')),
      ...asked
        .filter(([name]) => queryFields.includes(name) && Object.hasOwn(body, name))
        .map(([name]) => fault(name, 'is given twice')),
    ],
  };
};

/** Tells one request under a key from another: by its path and its body, of which an expected version is a part. */
export const hashOf = (request: HttpRequest, input: unknown): string => {
  const { expected_version: version } = inBody.parse(bodyOf(request));
  const said = [
    request.routeKey.split(' ').at(-1),
    JSON.stringify(input),
    ...(version === undefined ? [] : [version]),
  ];
  return createHash('sha256').update(said.join('\n')).digest('base64url');
};
