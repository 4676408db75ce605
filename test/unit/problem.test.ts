import { MongoNetworkError, MongoServerError, MongoServerSelectionError } from 'mongodb';
import { describe, expect, test } from 'vitest';
import { AppError, type ErrorCode } from '../../lib/core/errors.ts';
import { toProblem } from '../../lib/platform/http/problem.ts';

const problemOf = (error: unknown) => toProblem(error, '/things', 'c-1');
const connection = 'mongodb://admin:hunter2@10.0.0.7:27017';
const secrets = /hunter2|10\.0\.0\.7|E11000|at .*\.ts/;

describe('what is no error of ours', () => {
  test.each<[string, unknown]>([
    ['an error', new Error(`failed at ${connection}`)],
    ['a refused write', new MongoServerError({ message: `E11000 ${connection}`, code: 11000 })],
    ['a text', `thrown at ${connection}`],
    ['nothing', undefined],
    ['a failure of the machine', new AppError('event_missing', `No version 3 at ${connection}`)],
  ])('is a 500 that says nothing of itself: %s', (_what, error) => {
    const { status, headers, body } = problemOf(error);
    expect([status, body['status'], body['correlation_id']]).toEqual([500, 500, 'c-1']);
    expect(headers['retry-after']).toBeUndefined();
    expect(JSON.stringify(body)).not.toMatch(secrets);
  });

  test.each<[string, unknown]>([
    ['a lost connection', new MongoNetworkError(`reset by ${connection}`)],
    ['no server', new MongoServerSelectionError(`none of ${connection}`, {} as never)],
    ['a server that is no primary', new MongoServerError({ message: connection, code: 10107 })],
    ['a socket that has ended', Object.assign(new Error(connection), { code: 'EPIPE' })],
  ])('is a 503 that says when to come again and not where the database is: %s', (_what, error) => {
    const { status, headers, body } = problemOf(error);
    expect([status, headers['retry-after'], body['detail']]).toEqual([
      503,
      '2',
      'The database cannot be reached, or not in time',
    ]);
    expect(JSON.stringify(body)).not.toMatch(secrets);
  });
});

test.each<[ErrorCode, number]>([
  ['invalid_input', 400],
  ['unauthenticated', 401],
  ['forbidden', 403],
  ['not_found', 404],
  ['method_not_allowed', 405],
  ['rule_violated', 409],
  ['version_conflict', 409],
  ['duplicate_command', 409],
  ['precondition_failed', 412],
  ['payload_too_large', 413],
  ['unsupported_media_type', 415],
  ['idempotency_key_reused', 422],
  ['unknown_event', 503],
  ['unknown_state', 503],
  ['unavailable', 503],
])('%s is a %i with its own words, as a problem document', (code, status) => {
  const { headers, ...problem } = problemOf(new AppError(code, 'In our words'));
  expect(problem).toMatchObject({
    status,
    body: {
      status,
      detail: 'In our words',
      instance: '/things',
      type: `urn:tandem:problem:${code.replaceAll('_', '-')}`,
    },
  });
  expect(headers['content-type']).toBe('application/problem+json');
  expect(headers['www-authenticate']).toBe(status === 401 ? 'Bearer' : undefined);
});

test('who lost too many races may try again in a second, and others when the error says so', () => {
  expect(problemOf(new AppError('version_conflict', 'x')).headers['retry-after']).toBe('1');
  expect(problemOf(new AppError('unavailable', 'x', { retryAfter: 60 })).headers['retry-after']).toBe('60');
  expect(problemOf(new AppError('precondition_failed', 'x')).headers['retry-after']).toBeUndefined();
});

test('bad fields are named, and there are no errors if none is bad', () => {
  const errors = [{ path: 'items.0.price', message: 'must be an amount' }];
  expect(problemOf(new AppError('invalid_input', 'x', { errors })).body['errors']).toEqual(errors);
  expect(problemOf(new AppError('not_found', 'x')).body).not.toHaveProperty('errors');
});
