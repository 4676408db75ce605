import { findOnTheirWay } from '../lib/core/dead-letters/records.ts';
import { AppError } from '../lib/core/errors.ts';
import type { RecordedEvent } from '../lib/core/events.ts';
import { addBehind, createBehindMeter } from '../lib/core/observe/behind.ts';
import { sayHeard } from '../lib/core/observe/heard.ts';
import { toMessage } from '../lib/core/relay/publish.ts';
import { reconcile } from '../lib/core/repair/reconcile.ts';
import { removeOldEvents } from '../lib/core/stores/retention.ts';
import { catalogue } from '../lib/domains.ts';
import { config } from '../lib/platform/config.ts';
import { forgetGoneLetters } from '../lib/platform/dead-letters.ts';
import { emitMetrics } from '../lib/platform/metrics.ts';
import { readDb, writeDb } from '../lib/platform/mongo.ts';
import { operation, scheduled } from '../lib/platform/operation.ts';
import { resources } from '../lib/platform/resources.ts';
import { reconcileName } from '../lib/platform/silence.ts';
import { sqsPublisher } from '../lib/platform/sqs/publisher.ts';

const dayMs = 86_400_000;

/** What reconcile cannot apply goes the queue's way to a dead letter, unless it is on it already. */
const requeue = async (subscription: string, events: RecordedEvent[]): Promise<void> => {
  const ids = events.map(({ event_id }) => event_id);
  const since = new Date(Date.now() - config.RECONCILE_GRACE_MS);
  const onTheirWay = await findOnTheirWay(readDb(), subscription, ids, since);
  const lost = events.filter(({ event_id }) => !onTheirWay.has(event_id));
  if (lost.length === 0) return;
  const { refused, unreachable } = await sqsPublisher.send(subscription, lost.map(toMessage));
  // Then the checkpoint stays where it is, and the next run tries again.
  if (refused.size > 0 || unreachable)
    throw new AppError('unavailable', `${subscription} does not take messages now`);
};

const subscribers = catalogue.openSubscribers(resources);
const meter = createBehindMeter({
  writeDb: writeDb(),
  readDb: readDb(),
  subscribers,
  readLagMs: config.READ_LAG_MS,
});

export const handler = operation(scheduled, async (_, { log, functionName, timeLeftMs }) => {
  const answer = await reconcile({
    writeDb: writeDb(),
    readDb: readDb(),
    subscribers,
    graceMs: config.RECONCILE_GRACE_MS,
    timeLeftMs,
    onFailed: requeue,
    onHealed: (subscription, { event_id, type, version, metadata }) =>
      log.warn('healed', {
        subscription,
        event_id,
        type,
        version,
        correlation_id: metadata.correlation_id,
      }),
  });
  await sayHeard(readDb(), reconcileName);
  const healed = Object.values(answer.healed).reduce((sum, count) => sum + count, 0);
  const behind = addBehind([...(await meter.measure()).values()]);
  emitMetrics(functionName, {
    Healed: healed,
    Failures: answer.failed,
    Behind: behind.events,
    OldestBehindMs: behind.oldest_ms,
  });
  // A queue that does not answer now is asked by the next run.
  for (const name of catalogue.queueNames) await forgetGoneLetters(name).catch(() => 0);
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
