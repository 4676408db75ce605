// What the driver's errors mean to us. The stores and the HTTP stack ask here, so that no driver error travels further.
import type { BulkWriteResult, MongoBulkWriteError, MongoServerError } from 'mongodb';

// The driver's names begin with Mongo, but for this one.
const interrupted = 'PoolClearedOnNetworkError';

const isDriverError = (error: unknown): error is MongoServerError =>
  error instanceof Error && (error.name.startsWith('Mongo') || error.name === interrupted);

/** The keys of the unique index that refused the write, or undefined if the error is another. */
export const duplicateKeys = (error: unknown): string[] | undefined => {
  if (!isDriverError(error) || error.code !== 11000) return undefined;
  const pattern: unknown = error['keyPattern'] ?? error.errorResponse?.['keyPattern'];
  if (typeof pattern === 'object' && pattern !== null) return Object.keys(pattern);
  // A bulk write's error carries no key pattern; the index's name is in its message.
  const index = /index: (\S+)/.exec(error.message)?.[1] ?? '';
  return index.split(/_-?1_?/).filter((key) => key !== '');
};

/** The transaction lost against another one or against a step-down: nothing was written, start again from the load. */
export const isTransient = (error: unknown): boolean =>
  isDriverError(error) && error.hasErrorLabel('TransientTransactionError');

/** The server has given the transaction up, because its time was over or a fail-over ended it: nothing was written. */
export const isGivenUp = (error: unknown): boolean => isDriverError(error) && error.code === 251;

/** The server may or may not have committed: only a retry of the commit, or a read, can tell. */
export const isUnknownCommit = (error: unknown): boolean =>
  isDriverError(error) && error.hasErrorLabel('UnknownTransactionCommitResult');

const unavailableNames = new Set([
  interrupted,
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
]);

// Shutdown, step-down, not primary, a transaction that a fail-over ended, host unreachable, time limits: https://github.com/mongodb/specifications (retryable errors).
const unavailableCodes = new Set([
  6, 7, 50, 64, 89, 91, 189, 251, 262, 9001, 10107, 11600, 11602, 13388, 13435, 13436,
]);

// What the driver lets through as it is (mongodb 7.8): a write to a socket that the server has just ended.
const socketCodes = new Set(['EPIPE', 'ECONNRESET', 'ERR_STREAM_DESTROYED', 'ERR_STREAM_WRITE_AFTER_END']);

const isSocketError = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && socketCodes.has(String(error.code));

/** The database cannot be reached, or cannot take a write now. The caller may try again later. */
export const isUnavailable = (error: unknown): boolean =>
  isSocketError(error) ||
  (isDriverError(error) &&
    (unavailableNames.has(error.name) ||
      unavailableCodes.has(Number(error.code)) ||
      error.hasErrorLabel('RetryableWriteError') ||
      // A bulk write wraps what befell its connection.
      isUnavailable(error.errorResponse)));

const isBulkWriteError = (error: unknown): error is MongoBulkWriteError =>
  error instanceof Error && error.name === 'MongoBulkWriteError';

/**
 * An unordered bulk write in which some inserts met an id that exists.
 * @returns what took effect, and the indexes of those operations; undefined if anything else went wrong too.
 */
export const duplicatesInBulk = (
  error: unknown,
):
  | { done: Pick<BulkWriteResult, 'matchedCount' | 'upsertedCount' | 'deletedCount'>; indexes: number[] }
  | undefined => {
  if (!isBulkWriteError(error)) return undefined;
  const errors = [error.writeErrors].flat();
  // None if it is the connection that failed: the driver wraps that in the same error.
  if (errors.length === 0 || errors.some((one) => one.code !== 11000)) return undefined;
  if (error.result.getWriteConcernError() !== undefined) return undefined;
  return { done: error, indexes: errors.map((one) => one.index) };
};
