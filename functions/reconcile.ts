import { findRecorded } from '../lib/core/dead-letters/records.ts';
import { AppError } from '../lib/core/errors.ts';
import type { RecordedEvent } from '../lib/core/events.ts';
import { toMessage } from '../lib/core/relay/publish.ts';
import { reconcile } from '../lib/core/repair/reconcile.ts';
import { removeOldEvents } from '../lib/core/stores/retention.ts';
import { catalogue } from '../lib/domains.ts';
import { config } from '../lib/platform/config.ts';
import { emitMetrics } from '../lib/platform/metrics.ts';
import { readDb, writeDb } from '../lib/platform/mongo.ts';
import { operation, scheduled } from '../lib/platform/operation.ts';
import { resources } from '../lib/platform/resources.ts';
import { sqsPublisher } from '../lib/platform/sqs/publisher.ts';

const dayMs = 86_400_000;

/** What reconcile cannot apply goes the queue's way to a dead letter, unless it is on it already. */
const requeue = async (subscription: string, events: RecordedEvent[]): Promise<void> => {
  const recorded = await findRecorded(
    readDb(),
    subscription,
    events.map(({ event_id }) => event_id),
  );
  const lost = events.filter(({ event_id }) => !recorded.has(event_id));
  if (lost.length === 0) return;
  const { refused, unreachable } = await sqsPublisher.send(subscription, lost.map(toMessage));
  // Then the checkpoint stays where it is, and the next run tries again.
  if (refused.size > 0 || unreachable)
    throw new AppError('unavailable', `${subscription} does not take messages now`);
};

export const handler = operation(scheduled, async (_, { log, functionName, timeLeftMs }) => {
  const answer = await reconcile({
    writeDb: writeDb(),
    readDb: readDb(),
    subscribers: catalogue.openSubscribers(resources),
    graceMs: config.READ_LAG_MS,
    timeLeftMs,
    onFailed: requeue,
  });
  const healed = Object.values(answer.healed).reduce((sum, count) => sum + count, 0);
  if (healed > 0) log.warn('healed read models that lagged past the contract', { healed: answer.healed });
  emitMetrics(functionName, { Healed: healed, Failures: answer.failed });
  const days = config.EVENT_RETENTION_DAYS;
  const removed =
    days === 0
      ? 0
      : await removeOldEvents({
          writeDb: writeDb(),
          readDb: readDb(),
          streamTypes: catalogue.stateStoredTypes,
          commandLogs: catalogue.commandLogs,
          upTo: answer.position,
          retentionMs: days * dayMs,
          timeLeftMs,
        });
  return { ...answer, events_removed: removed };
});
