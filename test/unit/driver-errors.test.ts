import {
  MongoBulkWriteError,
  MongoNetworkError,
  MongoNetworkTimeoutError,
  MongoServerError,
  MongoWriteConcernError,
  type WriteError,
} from 'mongodb';
import { describe, expect, test } from 'vitest';
import {
  duplicateKeys,
  duplicatesInBulk,
  isGivenUp,
  isTransient,
  isUnavailable,
  isUnknownCommit,
} from '../../lib/core/driver-errors.ts';

type Given = ConstructorParameters<typeof MongoBulkWriteError>;

const noWriteConcernError = { getWriteConcernError: () => undefined } as Given[1];

const bulkError = (cause: Given[0]) => new MongoBulkWriteError(cause, noWriteConcernError);

describe('a bulk write whose connection is lost', () => {
  const error = bulkError(new MongoNetworkError('connection 5 to 127.0.0.1:27017 closed'));

  test('is an outage, and no fault of this code', () => {
    expect(isUnavailable(error)).toBe(true);
  });

  test('has not taken effect but for duplicates', () => {
    expect(duplicatesInBulk(error)).toBeUndefined();
  });
});

test('a bulk write that met ids which exist is no outage', () => {
  const writeErrors = [{ code: 11000, index: 3 } as WriteError];
  const error = bulkError({ message: 'E11000 duplicate key error', code: 11000, writeErrors });
  expect(isUnavailable(error)).toBe(false);
  expect(duplicatesInBulk(error)?.indexes).toEqual([3]);
});

test('a write to a socket that the server has just ended is an outage', () => {
  const error = Object.assign(new Error('This socket has been ended by the other party'), { code: 'EPIPE' });
  expect(isUnavailable(error)).toBe(true);
});

const server = (code: number, fields: object = {}) =>
  new MongoServerError({ code, message: `code ${code}`, ...fields });

test.each([
  ['that meets no primary', server(10107)],
  ['whose primary steps down', server(189)],
  ['that is ended by a shutdown', server(91)],
  ['that is interrupted by a step-down', server(11602)],
  ['that is not done in time', server(50)],
  ['whose time at the server is over', server(262)],
  ['whose transaction a fail-over ended', server(251)],
  ['that the server calls retryable', server(1, { errorLabels: ['RetryableWriteError'] })],
  [
    'that has reached too few servers',
    new MongoWriteConcernError({ ok: 1, writeConcernError: { code: 64, errmsg: 'slow' } } as never),
  ],
  ['whose answer does not come', new MongoNetworkTimeoutError('timed out')],
  ['whose socket is reset', Object.assign(new Error('reset'), { code: 'ECONNRESET' })],
])('a call %s is an outage', (_what, error) => {
  expect(isUnavailable(error)).toBe(true);
});

test.each([
  ['that breaks a rule of the collection', server(121)],
  ['that lost a race', server(112)],
  ['that meets an id which exists', server(11000)],
  ['that the code has got wrong', new TypeError('x is not a function')],
  ['with the code of an outage from elsewhere', Object.assign(new Error('x'), { code: 10107 })],
  ['that failed with nothing', undefined],
])('a call %s is no outage', (_what, error) => {
  expect(isUnavailable(error)).toBe(false);
});

test('in a bulk write, duplicates beside another failure, or not kept by a majority, have not taken effect', () => {
  const duplicate = { code: 11000, index: 0 } as WriteError;
  const refused = { code: 121, index: 1 } as WriteError;
  expect(
    duplicatesInBulk(bulkError({ message: 'x', code: 11000, writeErrors: [duplicate, refused] })),
  ).toBeUndefined();
  const uncertain = { getWriteConcernError: () => ({ code: 64 }) } as Given[1];
  const error = new MongoBulkWriteError({ message: 'x', code: 11000, writeErrors: [duplicate] }, uncertain);
  expect(duplicatesInBulk(error)).toBeUndefined();
  expect(duplicatesInBulk(new Error('E11000'))).toBeUndefined();
});

test('a refused id names the index that refused it, in one write and in many', () => {
  expect(duplicateKeys(server(11000, { keyPattern: { stream_id: 1, version: 1 } }))).toEqual([
    'stream_id',
    'version',
  ]);
  const message = 'E11000 duplicate key error collection: a.events index: stream_id_1_version_1 dup key: { }';
  expect(duplicateKeys(new MongoServerError({ code: 11000, message }))).toEqual(['stream_id', 'version']);
  expect(duplicateKeys(server(112))).toBeUndefined();
});

test('a lost race and an unknown commit are known by their labels', () => {
  const labelled = (label: string) => server(1, { errorLabels: [label] });
  expect([isTransient(labelled('TransientTransactionError')), isTransient(server(112))]).toEqual([
    true,
    false,
  ]);
  expect([isUnknownCommit(labelled('UnknownTransactionCommitResult')), isUnknownCommit(server(64))]).toEqual([
    true,
    false,
  ]);
});

test.each([
  'PoolClearedOnNetworkError',
  'MongoNetworkError',
  'MongoNetworkTimeoutError',
  'MongoServerSelectionError',
  'MongoTopologyClosedError',
  'MongoNotConnectedError',
  'MongoClientClosedError',
  'MongoPoolClearedError',
  'MongoPoolClosedError',
  'MongoWaitQueueTimeoutError',
  'MongoWriteConcernError',
])('a driver that gives up with a %s has met an outage', (name) => {
  const error = Object.assign(new Error('x'), { name, hasErrorLabel: () => false });
  expect(isUnavailable(error)).toBe(true);
});

test.each([6, 7, 50, 64, 89, 91, 189, 251, 262, 9001, 10107, 11600, 11602, 13388, 13435, 13436])(
  'a server that answers with code %i is away, also in the midst of a bulk write',
  (code) => {
    expect(isUnavailable(server(code))).toBe(true);
    expect(isUnavailable(bulkError(server(code)))).toBe(true);
    expect(isGivenUp(server(code))).toBe(code === 251);
  },
);
