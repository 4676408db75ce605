// The stack of functions that are invoked by hand or by a schedule. Source: lib/platform/operation.ts,
// invocation-error.ts.
import { MongoNetworkError } from 'mongodb';
import { expect, test, vi } from 'vitest';
import * as z from 'zod';
import { AppError } from '../../lib/core/errors.ts';
import { currentFunction } from '../../lib/platform/current-function.ts';
import { type OperationContext, operation } from '../../lib/platform/operation.ts';
import { type Line, linesOf } from '../support/lines.ts';
import { lambdaContext } from '../support/sqs-event.ts';

const input = z.strictObject({ name: z.string().default('all') });

/** What an operation's work is given, and what an operator is told. */
const run = async (
  payload: unknown,
  work: (asked: z.output<typeof input>, context: OperationContext) => Promise<unknown>,
): Promise<{ answer?: unknown; error?: unknown; lines: Line[] }> => {
  const outcome: { answer?: unknown; error?: unknown } = {};
  const lines = await linesOf(async () => {
    try {
      outcome.answer = await operation(input, work)(payload, lambdaContext('op', 30_000));
    } catch (error) {
      outcome.error = error;
    }
  });
  return { ...outcome, lines };
};

const failing = (error: unknown) =>
  run({}, async () => {
    throw error;
  });

test('an operation that is called without a word works by its defaults, under its own name', async () => {
  vi.stubEnv('AWS_LAMBDA_FUNCTION_NAME', 'another');
  for (const payload of [null, undefined, {}]) {
    const { answer, lines } = await run(payload, async (asked, { functionName, requestId, log }) => {
      log.info('at work');
      return { asked, functionName, requestId, current: currentFunction() };
    });
    expect(answer).toEqual({
      ...{ asked: { name: 'all' }, functionName: 'op', requestId: 'op', current: 'op' },
    });
    expect(lines).toMatchObject([{ message: 'at work', function: 'op', request_id: 'op' }]);
  }
  vi.unstubAllEnvs();
});

test('what an operator asks wrongly is refused in a sentence without frames', async () => {
  const { error, lines } = await run({ nam: 'x' }, async () => 'done');
  expect(error).toMatchObject({ code: 'invalid_input', stack: 'invalid_input: nam: is not a known field' });
  expect(lines).toMatchObject([
    { level: 'WARN', message: 'operation failed', reason: 'nam: is not a known field' },
  ]);
  expect(lines[0]).not.toHaveProperty('error');
});

test('an outage is told in a sentence without the address of the database', async () => {
  const { error, lines } = await failing(new MongoNetworkError('connect ECONNREFUSED 10.0.0.7'));
  expect(error).toMatchObject({
    code: 'unavailable',
    stack: 'unavailable: The database cannot be reached',
  });
  expect(lines).toMatchObject([{ level: 'WARN', reason: 'connect ECONNREFUSED 10.0.0.7' }]);
});

test('a refusal by the work is told as it is, and any other failure is logged with its frames', async () => {
  const refusal = new AppError('not_found', 'There is no such action');
  expect(await failing(refusal)).toMatchObject({ error: refusal, lines: [{ level: 'WARN' }] });
  const bug = new TypeError('x is undefined');
  const { error, lines } = await failing(bug);
  expect(error).toBe(bug);
  expect(bug.stack).toContain('operation.test.ts');
  expect(lines).toMatchObject([
    { level: 'ERROR', message: 'operation failed', error: { message: 'x is undefined' } },
  ]);
  expect((await failing('a text')).lines).toMatchObject([{ level: 'ERROR', error: { message: 'a text' } }]);
});

// The last one: from then on this process is one that ends.
test('an operation ends a second before it would be stopped, and at once when its process is told to end', async () => {
  // A process that listens is not ended by it.
  await run({}, async (_, { timeLeftMs }) => {
    expect(timeLeftMs()).toBe(29_000);
    expect(process.listenerCount('SIGTERM')).toBeGreaterThan(0);
    process.emit('SIGTERM');
    expect(timeLeftMs()).toBe(0);
  });
  const { answer } = await run({}, async (_, { timeLeftMs }) => timeLeftMs());
  expect(answer).toBe(0);
});
