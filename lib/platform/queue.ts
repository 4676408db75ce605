// The one queue stack: a subscriber in, a Lambda handler with partial batch responses out. One poison message fails
// alone; its error is kept before the queue server sees the failure.
import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import type { Db } from 'mongodb';
import * as z from 'zod';
import { type Failure, forgetFailures, type LetterKey, recordFailures } from '../core/dead-letters.ts';
import { AppError } from '../core/errors.ts';
import type { RecordedEvent } from '../core/events.ts';
import { recordLags } from '../core/lag.ts';
import type { Subscriber } from '../core/subscriber.ts';
import { config } from './config.ts';
import { createLog } from './logger.ts';
import { emitMetrics } from './metrics.ts';

/** The message attribute of what came back from the dead-letter queue. */
export const replayedAttribute = 'replayed';

const messageSchema = z.object({
  event_id: z.string().min(1),
  stream_id: z.string().min(1),
  stream_type: z.string().min(1),
  version: z.int().min(1),
  type: z.string().min(1),
  schema_version: z.int().min(1),
  data: z.record(z.string(), z.unknown()),
  metadata: z.object({
    command_id: z.string(),
    correlation_id: z.string(),
    causation_id: z.string(),
    traceparent: z.string().exactOptional(),
    request_hash: z.string().exactOptional(),
  }),
  recorded_at: z.iso.datetime().transform((time) => new Date(time)),
});

interface Delivery {
  record: SQSRecord;
  event?: RecordedEvent;
  error?: unknown;
}

const parseDelivery = (record: SQSRecord): Delivery => {
  try {
    const parsed = messageSchema.safeParse(JSON.parse(record.body));
    if (parsed.success) return { record, event: parsed.data };
    const [issue] = parsed.error.issues;
    throw new AppError('malformed_message', `${issue?.path.join('.')}: ${issue?.message}`);
  } catch (error) {
    return { record, error };
  }
};

const keyOf = ({ record, event }: Delivery): LetterKey => ({
  messageId: record.messageId,
  ...(event === undefined ? {} : { eventId: event.event_id }),
});

const failedBefore = ({ record }: Delivery): boolean =>
  Number(record.attributes.ApproximateReceiveCount) > 1 || replayedAttribute in record.messageAttributes;

const toFailure = (delivery: Delivery): Failure => {
  const { record, event, error } = delivery;
  const attempts = Number(record.attributes.ApproximateReceiveCount);
  return {
    ...keyOf(delivery),
    ...(event === undefined ? {} : { correlationId: event.metadata.correlation_id }),
    body: record.body,
    attempts,
    dead: attempts >= config.MAX_ATTEMPTS,
    error,
  };
};

/** The outcome of each delivery; an error that concerns the whole batch is each one's. */
const applyAll = async (
  subscriber: Subscriber,
  deliveries: Delivery[],
): Promise<{ applied: RecordedEvent[]; duplicates: number }> => {
  const readable = deliveries.filter((delivery) => delivery.event !== undefined);
  // A message that came twice in one batch is applied once.
  const events = new Map(
    readable.flatMap(({ event }) => (event === undefined ? [] : [[event.event_id, event]])),
  );
  try {
    const { applied, duplicates, failures } = await subscriber.apply([...events.values()]);
    for (const delivery of readable) delivery.error = failures.get(delivery.event?.event_id ?? '');
    return { applied, duplicates: duplicates + readable.length - events.size };
  } catch (error) {
    for (const delivery of readable) delivery.error = error ?? new Error('unknown');
    return { applied: [], duplicates: 0 };
  }
};

const isEvent = (event: SQSEvent): boolean => Array.isArray(event?.Records);

export const queueHandler =
  (subscriber: Subscriber, readDb: Db) =>
  async (event: SQSEvent, context: Context): Promise<SQSBatchResponse> => {
    if (!isEvent(event)) throw new AppError('malformed_message', 'This function is called by its queue only');
    const deliveries = event.Records.map(parseDelivery);
    const { applied, duplicates } = await applyAll(subscriber, deliveries);
    const now = Date.now();
    const lags = applied.map(({ recorded_at }) => Math.max(0, now - recorded_at.getTime()));
    const failed = deliveries.filter(({ error }) => error !== undefined);
    const log = createLog(context.functionName, { subscription: subscriber.name });
    for (const { metadata, event_id, type, version } of applied) {
      log.info('applied', { correlation_id: metadata.correlation_id, event_id, type, version });
    }
    for (const { record, event: found, error } of failed) {
      const about = {
        message_id: record.messageId,
        correlation_id: found?.metadata.correlation_id,
        event_id: found?.event_id,
      };
      log.warn('not applied', { ...about, reason: error instanceof Error ? error.message : String(error) });
    }
    emitMetrics(context.functionName, {
      EventsApplied: applied.length,
      Duplicates: duplicates,
      Failures: failed.length,
      DeadLetters: failed.filter((delivery) => toFailure(delivery).dead).length,
      LagOverContract: lags.filter((lag) => lag > config.READ_LAG_MS).length,
      ...(lags.length === 0 ? {} : { Lag: lags }),
    });
    const retried = deliveries.filter((delivery) => delivery.error === undefined && failedBefore(delivery));
    try {
      await Promise.all([
        recordLags(readDb, subscriber.name, lags),
        recordFailures(readDb, subscriber.name, failed.map(toFailure)),
        forgetFailures(readDb, subscriber.name, retried.map(keyOf)),
      ]);
    } catch (error) {
      // What was applied stays applied; the record of it is not worth a redelivery.
      log.warn('outcome not recorded', { reason: error instanceof Error ? error.message : String(error) });
    }
    return { batchItemFailures: failed.map(({ record }) => ({ itemIdentifier: record.messageId })) };
  };
