import { expect, test } from 'vitest';
import { causeOf, fingerprintOf } from '../../lib/core/dead-letters/cause.ts';
import { AppError } from '../../lib/core/errors.ts';
import { parseDelivery } from '../../lib/platform/deliveries.ts';
import { sqsEvent } from '../support/sqs-event.ts';

const consumer = {
  name: 'c',
  parse: (body: unknown) => body,
  describe: () => ({ id: 'x', correlationId: 'c', since: new Date(0), log: {} }),
  apply: async () => ({ applied: [], duplicates: 0, failures: new Map() }),
};
const errorOf = (body: string): unknown =>
  sqsEvent([body]).Records.map((record) => parseDelivery(consumer, record).error)[0];
const fingerprint = (error: unknown): string => fingerprintOf(causeOf(error));

const withStack = (message: string, frames: string[]): Error => {
  const error = new TypeError(message);
  error.stack = [`TypeError: ${message}`, ...frames.map((frame) => `    at ${frame}`)].join('\n');
  return error;
};

test('bodies that are no JSON, each in its own way, are one cause', () => {
  const bodies = [
    '',
    'not json',
    '{"a": }',
    '{"at": at }',
    '[1, 2',
    '{\n  at x (/y.ts:1:2)\n    at z (/y.ts:3:4)',
  ];
  expect(new Set(bodies.map((body) => fingerprint(errorOf(body))))).toHaveProperty('size', 1);
  expect(causeOf(errorOf('{'))).toMatchObject({ name: 'AppError', code: 'malformed_message' });
});

test('the frame is the first line of our own code in the stack, whatever the text of the error looks like', () => {
  const frames = [
    'parse (node:internal/x:1:2)',
    'f (/app/node_modules/y/z.js:3:4)',
    'async g (file:///app/lib/a.ts:5:6)',
  ];
  expect(causeOf(withStack('broke\n    at fake (/lib/fake.ts:7:8)', frames))).toEqual({
    name: 'TypeError',
    message: 'broke\n    at fake (/lib/fake.ts:7:8)',
    frame: 'at async g (a.ts:5:6)',
  });
  expect(causeOf(withStack('broke', ['async Promise.all (index 3)']))).not.toHaveProperty('frame');
});

test('two failures are one cause by name, code and frame, and neither by their text nor without their frame', () => {
  const at = (line: number, message = 'broke') => withStack(message, [`g (/lib/a.ts:${line}:1)`]);
  expect(fingerprint(at(1, 'broke for 1'))).toBe(fingerprint(at(1, 'broke for 2')));
  expect(fingerprint(at(1))).not.toBe(fingerprint(at(2)));
  const [one, other] = [new AppError('unknown_event', 'x'), new AppError('event_missing', 'x')];
  other.stack = one.stack ?? '';
  expect(fingerprint(one)).not.toBe(fingerprint(other));
});

test('what is thrown and is no error has its text for a cause, and a stack without the text has its frame all the same', () => {
  expect(causeOf('out of paper')).toEqual({ name: 'NotAnError', message: 'out of paper' });
  expect(causeOf(undefined)).toEqual({ name: 'NotAnError', message: 'undefined' });
  const error = new Error('renamed since');
  error.stack = 'at g (/lib/a.ts:1:1)';
  expect(causeOf(error)).toEqual({ name: 'Error', message: 'renamed since', frame: 'at g (a.ts:1:1)' });
  expect(fingerprint(error)).toMatch(/^[0-9a-f]{12}$/);
});
