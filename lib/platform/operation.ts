// The stack of functions that are invoked by hand or by a schedule: parse, work within the time, log, answer.
import type { Context } from 'aws-lambda';
import * as z from 'zod';
import { isUnavailable } from '../core/driver-errors.ts';
import { isAppError } from '../core/errors.ts';
import { asFunction } from './current-function.ts';
import { toInvocationError } from './invocation-error.ts';
import { createLog, type Log } from './logger.ts';
import { parseInput } from './parse-input.ts';

export interface OperationContext {
  log: Log;
  functionName: string;
  requestId: string;
  /** Until shortly before the function would be stopped; 0 if the process is told to end. */
  timeLeftMs(): number;
}

const reserveMs = 1_000;

const ending = { listens: false, now: false };

/** What is told to end stops as if its time were up, so that a lease is freed and a checkpoint kept. */
const listenForTheEnd = (): void => {
  if (ending.listens) return;
  ending.listens = true;
  process.once('SIGTERM', () => {
    ending.now = true;
  });
};

/** An outage, and what an operator is told, are no fault of this code: frames would only drown the log. */
const logFailure = (log: Log, error: unknown): void => {
  if (error instanceof Error && (isUnavailable(error) || isAppError(error)))
    log.warn('operation failed', { reason: error.message });
  else log.error('operation failed', error instanceof Error ? error : new Error(String(error)));
};

/** @throws AppError `invalid_input` if the payload does not fit; whatever the work throws, logged. */
export const operation =
  <I extends z.ZodType, A>(input: I, work: (input: z.output<I>, context: OperationContext) => Promise<A>) =>
  async (payload: unknown, context: Context): Promise<A> => {
    listenForTheEnd();
    const log = createLog(context.functionName, { request_id: context.awsRequestId });
    try {
      const asked = parseInput(input, payload ?? {});
      const surroundings: OperationContext = {
        log,
        functionName: context.functionName,
        requestId: context.awsRequestId,
        timeLeftMs: () => (ending.now ? 0 : context.getRemainingTimeInMillis() - reserveMs),
      };
      return await asFunction(context.functionName, () => work(asked, surroundings));
    } catch (error) {
      logFailure(log, error);
      throw toInvocationError(error);
    }
  };

/** What EventBridge sends; nothing in it matters. */
export const scheduled = z.unknown();
