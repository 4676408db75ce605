// What a request for a command says: its input, its key, the versions that it insists on.
import { createHash } from 'node:crypto';
import * as z from 'zod';
import { AppError } from '../../core/errors.ts';
import { parseInput } from '../parse-input.ts';
import type { HttpRequest } from './request.ts';

export const bad = (path: string, message: string): AppError =>
  new AppError('invalid_input', `${path} ${message}`, { errors: [{ path, message }] });

export const idempotencyKeyOf = ({ headers }: HttpRequest): string | undefined => {
  const key = headers['idempotency-key'];
  if (key !== undefined && !/^[\x21-\x7e]{1,255}$/.test(key))
    throw bad('Idempotency-Key', 'must have 1 to 255 visible characters');
  return key;
};

const ifMatchOf = ({ headers }: HttpRequest): number[] => {
  const sent = headers['if-match'];
  if (sent === undefined) return [];
  const version = /^"(0|[1-9]\d{0,14})"$/.exec(sent)?.[1];
  if (version === undefined) throw bad('If-Match', 'must be a version in quotes, such as "3"');
  return [Number(version)];
};

const version = z.int().min(0).max(Number.MAX_SAFE_INTEGER);

const expectedVersionOf = (value: unknown): number[] =>
  value === undefined
    ? []
    : [parseInput(z.object({ expected_version: version }), { expected_version: value }).expected_version];

const numeric = (text: string | undefined): number | string | undefined =>
  text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : text;

const bodyOf = (request: HttpRequest): Record<string, unknown> => {
  const body = request.body();
  if (body === undefined) return {};
  if (typeof body !== 'object' || body === null || Array.isArray(body))
    throw new AppError('invalid_input', 'The body must be a JSON object');
  return body as Record<string, unknown>;
};

/** What the body, the query and the path say, unless two of them say the same thing. */
export const gather = (request: HttpRequest, queryFields: string[]) => {
  const { expected_version: inBody, ...body } = bodyOf(request);
  const { expected_version: inQuery, ...query } = request.query;
  const unknown = Object.keys(query).find((name) => !queryFields.includes(name));
  if (unknown !== undefined) throw bad(unknown, 'is not a known parameter');
  const known = Object.keys(request.params).find((name) => Object.hasOwn(body, name));
  if (known !== undefined) throw bad(known, 'is not a known field');
  const twice = Object.keys(query).find((name) => Object.hasOwn(body, name));
  if (twice !== undefined) throw bad(twice, 'is given twice');
  // Own properties only, so that a field named `__proto__` stays a field, and an unknown one.
  const input = Object.fromEntries([
    ...Object.entries(query),
    ...Object.entries(body),
    ...Object.entries(request.params),
  ]);
  return {
    input,
    expectedVersions: [
      ...ifMatchOf(request),
      ...expectedVersionOf(inBody),
      ...expectedVersionOf(numeric(inQuery)),
    ],
  };
};

export const hashOf = (request: HttpRequest, input: unknown): string =>
  createHash('sha256')
    .update(`${request.routeKey.split(' ').at(-1)}\n${JSON.stringify(input)}`)
    .digest('base64url');
