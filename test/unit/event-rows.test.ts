// Source: lib/core/stores/event-rows.ts; what it does with the database is in contract/store.
import { MongoServerError } from 'mongodb';
import { expect, test } from 'vitest';
import { appendError, makeRows, nextRecordedAt } from '../../lib/core/stores/event-rows.ts';
import { counterEvents } from '../support/counter.ts';

const server = (code: number, fields: object = {}) =>
  new MongoServerError({ code, message: 'no', ...fields });
const codeOf = (error: unknown): unknown => Object(appendError('Counter-1', error)).code;

test.each([
  [
    'version_conflict',
    'an id or a version that exists',
    server(11_000, { keyPattern: { stream_id: 1, version: 1 } }),
  ],
  ['duplicate_command', 'a key that was used', server(11_000, { keyPattern: { idempotency_keys: 1 } })],
  ['version_conflict', 'a lost race', server(112, { errorLabels: ['TransientTransactionError'] })],
])('an append is told of a %s when it met %s', (code, _, error) => {
  expect(codeOf(error)).toBe(code);
  expect(Object(appendError('Counter-1', error)).cause).toBe(error);
});

test.each([
  [
    'a fail-over ended, which is no lost race',
    server(10_107, { errorLabels: ['TransientTransactionError'] }),
  ],
  ['the database refuses', server(121)],
  ['is a fault of this code', new TypeError('no')],
])('an append that %s fails with that very error', (_, error) => {
  expect(appendError('Counter-1', error)).toBe(error);
});

test('a stream goes on at the time of the clock, or of its last event if the clock is behind that', () => {
  const [early, late] = [new Date(1_000), new Date(2_000)];
  expect(nextRecordedAt(undefined, early)).toBe(early);
  expect(nextRecordedAt(early, late)).toBe(late);
  expect(nextRecordedAt(late, early)).toBe(late);
});

test('the keys of a command, and of those that are folded into it, stand on the last of its events alone', () => {
  const append = {
    from: { state: undefined, version: 4 },
    next: undefined,
    events: [1, 2].map((by) => ({ type: 'Counted', data: { by } })),
    metadata: { command_id: 'c', correlation_id: 'c', causation_id: 'c' },
  };
  const rowsOf = (more: object) => makeRows(counterEvents, 'Counter', 'one', { ...append, ...more });
  expect(
    rowsOf({ key: 'k', commandIds: ['a', 'b'] }).map((row) => [row.version, row.idempotency_keys]),
  ).toEqual([
    [5, undefined],
    [6, ['k', 'a', 'b']],
  ]);
  expect(rowsOf({}).some((row) => 'idempotency_keys' in row)).toBe(false);
  expect(rowsOf({ events: [], key: 'k' })).toEqual([]);
});
