import { MongoBulkWriteError, MongoNetworkError, type WriteError } from 'mongodb';
import { describe, expect, test } from 'vitest';
import { duplicatesInBulk, isUnavailable } from '../../lib/core/driver-errors.ts';

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
