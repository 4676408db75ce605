import { MongoNetworkError } from 'mongodb';
import { expect, test, vi } from 'vitest';
import * as z from 'zod';
import { AppError } from '../../lib/core/errors.ts';
import { operation } from '../../lib/platform/operation.ts';
import { lambdaContext } from '../support/sqs-event.ts';

const linesOf = async (error: unknown): Promise<Record<string, unknown>[]> => {
  const lines: Record<string, unknown>[] = [];
  for (const stream of [process.stdout, process.stderr]) {
    vi.spyOn(stream, 'write').mockImplementation((chunk) => {
      lines.push(JSON.parse(String(chunk)));
      return true;
    });
  }
  const failing = operation(z.unknown(), () => Promise.reject(error));
  await failing({}, lambdaContext('reconcile')).catch(() => undefined);
  vi.restoreAllMocks();
  return lines;
};

test.each([
  new MongoNetworkError('connect ECONNREFUSED'),
  new AppError('unavailable', 'The queue does not take messages now'),
  new AppError('invalid_input', 'subscription: is missing'),
])(
  'an operation that meets an outage, or is told nonsense, says why in a line without frames: %s',
  async (error) => {
    const lines = await linesOf(error);
    expect(lines).toEqual([
      expect.objectContaining({ level: 'WARN', message: 'operation failed', reason: error.message }),
    ]);
    expect(JSON.stringify(lines)).not.toContain('    at ');
  },
);

test('an operation that fails by a fault of its own says where', async () => {
  const [line] = await linesOf(new TypeError('x is not a function'));
  expect(line).toMatchObject({ level: 'ERROR', message: 'operation failed' });
  expect(line?.['error']).toMatchObject({ stack: expect.stringContaining('    at ') });
});
