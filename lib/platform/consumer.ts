// The one queue stack: a consumer in, a Lambda handler with partial batch responses out. One poison message fails
// alone; its error is kept before the queue server sees the failure. An outage fails the whole invocation, so that Lambda
// slows down.
import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import type { Db } from 'mongodb';
import type * as z from 'zod';
import {
  type Failure,
  forgetFailures,
  type LetterKey,
  recordFailures,
} from '../core/dead-letters/records.ts';
import { isUnavailable } from '../core/driver-errors.ts';
import { AppError, messageOf } from '../core/errors.ts';
import { config } from './config.ts';
import { asFunction } from './current-function.ts';
import { applyAll, type Consumer, type Delivery, type MessageFacts, parseDelivery } from './deliveries.ts';
import { createEffectRecorder } from './effect-recorder.ts';
import { toInvocationError } from './invocation-error.ts';
import { eventIdIn } from './letter-id.ts';
import { createLog, type Log } from './logger.ts';
import { emitMetrics } from './metrics.ts';

/** The message attribute of what came back from the dead-letter queue. */
export const replayedAttribute = 'replayed';

/** @throws AppError `malformed_message` with the first fault. */
export const parseMessage = <T extends z.ZodType>(schema: T, body: unknown): z.output<T> => {
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new AppError('malformed_message', `${issue?.path.join('.')}: ${issue?.message}`);
};

const keyOf = ({ record }: { record: SQSRecord }): LetterKey => ({
  messageId: record.messageId,
  ...eventIdIn(record.body),
});

const attemptsOf = ({ attributes }: SQSRecord): number => Number(attributes.ApproximateReceiveCount);

const failedBefore = ({ record }: { record: SQSRecord }): boolean =>
  attemptsOf(record) > 1 || replayedAttribute in record.messageAttributes;

const toFailure = <M>(delivery: Delivery<M>): Failure => {
  const { record, message, error } = delivery;
  const attempts = attemptsOf(record);
  return {
    ...keyOf(delivery),
    ...(message === undefined ? {} : { correlationId: message.facts.correlationId }),
    body: record.body,
    attempts,
    dead: attempts >= config.MAX_ATTEMPTS,
    error,
  };
};

const logOutcome = <M>(log: Log, applied: MessageFacts[], failed: Delivery<M>[]): void => {
  for (const { correlationId, log: own } of applied) {
    log.debug('applied', { correlation_id: correlationId, ...own });
  }
  for (const { record, message, error } of failed) {
    log.warn('not applied', {
      message_id: record.messageId,
      ...(message === undefined ? {} : { correlation_id: message.facts.correlationId, ...message.facts.log }),
      reason: messageOf(error),
    });
  }
};

const outageIn = <M>(deliveries: Delivery<M>[]): unknown =>
  deliveries.every(({ error }) => isUnavailable(error)) ? deliveries[0]?.error : undefined;

/** To record what failed, in a database that may be slow to answer. */
const reserveMs = 10_000;

const isFromQueue = (event: SQSEvent): boolean => Array.isArray(event?.Records);

export const consumerHandler = <M>(consumer: Consumer<M>, readDb: Db) => {
  const keepEffects = createEffectRecorder(readDb, consumer.name);
  let isAway = false;

  return async (event: SQSEvent, context: Context): Promise<SQSBatchResponse> => {
    if (!isFromQueue(event)) {
      throw toInvocationError(new AppError('malformed_message', 'This function is called by its queue only'));
    }
    const deliveries = event.Records.map((record) => parseDelivery(consumer, record));
    const mayGoOn = (): boolean => context.getRemainingTimeInMillis() > reserveMs;
    const { applied, duplicates } = await asFunction(context.functionName, () =>
      applyAll(consumer, deliveries, mayGoOn),
    );
    const facts = applied.map(consumer.describe);
    const now = new Date();
    const lags = facts.map(({ since }) => Math.max(0, now.getTime() - since.getTime()));
    const failed = deliveries.filter(({ error }) => error !== undefined);
    const log = createLog(context.functionName, { subscription: consumer.name });
    const outage = outageIn(deliveries);
    if (outage === undefined) logOutcome(log, facts, failed);
    else if (!isAway)
      log.warn('database not reachable, messages come again', {
        reason: messageOf(outage),
        count: failed.length,
      });
    isAway = outage !== undefined;
    const correlation_ids = [...new Set(facts.map(({ correlationId }) => correlationId))].join(' ');
    const measured = {
      EventsApplied: applied.length,
      Duplicates: duplicates,
      Failures: failed.length,
      DeadLetters: failed.filter((delivery) => toFailure(delivery).dead).length,
      LagOverContract: lags.filter((lag) => lag > config.READ_LAG_MS).length,
      ...(lags.length === 0 ? {} : { Lag: lags }),
    };
    emitMetrics(context.functionName, measured, { correlation_ids });
    const retried = deliveries.filter((delivery) => delivery.error === undefined && failedBefore(delivery));
    try {
      await Promise.all([
        keepEffects(facts, now),
        recordFailures(readDb, consumer.name, failed.map(toFailure)),
        forgetFailures(readDb, consumer.name, retried.map(keyOf)),
      ]);
    } catch (error) {
      // What was applied stays applied; the record of it is not worth a redelivery.
      if (!isAway) log.warn('outcome not recorded', { reason: messageOf(error) });
    }
    if (outage !== undefined) throw toInvocationError(outage);
    return { batchItemFailures: failed.map(({ record }) => ({ itemIdentifier: record.messageId })) };
  };
};
