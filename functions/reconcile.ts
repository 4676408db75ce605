import * as z from 'zod';
import { findOnTheirWay } from '../lib/core/dead-letters/records.ts';
import { AppError } from '../lib/core/errors.ts';
import type { RecordedEvent } from '../lib/core/events.ts';
import { addBehind } from '../lib/core/observe/behind.ts';
import { createBehindMeter } from '../lib/core/observe/behind-meter.ts';
import { sayHeard } from '../lib/core/observe/heard.ts';
import { toMessage } from '../lib/core/relay/publish.ts';
import { reconcile } from '../lib/core/repair/reconcile.ts';
import { removeOldEvents } from '../lib/core/stores/retention.ts';
import { catalogue } from '../lib/domains.ts';
import { config } from '../lib/platform/config.ts';
import { forgetGoneLetters } from '../lib/platform/dead-letters.ts';
import type { Log } from '../lib/platform/logger.ts';
import { emitMetrics } from '../lib/platform/metrics.ts';
import { readDb, writeDb } from '../lib/platform/mongo.ts';
import { operation } from '../lib/platform/operation.ts';
import { actionField, runAction } from '../lib/platform/ops/run-action.ts';
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

const reconcileNow = async (log: Log, functionName: string, timeLeftMs: () => number) => {
  const answer = await reconcile({
    writeDb: writeDb(),
    readDb: readDb(),
    subscribers,
    graceMs: config.RECONCILE_GRACE_MS,
    timeLeftMs,
    onFailed: requeue,
    onHealed: (subscription, { event_id, type, version, metadata }) =>
      log.warn('healed', { subscription, event_id, type, version, correlation_id: metadata.correlation_id }),
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
  return answer;
};

const removeOld = async (upTo: number, timeLeftMs: () => number): Promise<number> => {
  const days = config.EVENT_RETENTION_DAYS;
  if (days === 0) return 0;
  return removeOldEvents({
    writeDb: writeDb(),
    readDb: readDb(),
    streamTypes: catalogue.stateStoredTypes,
    commandLogs: catalogue.commandLogs,
    upTo,
    retentionMs: days * dayMs,
    timeLeftMs,
  });
};

const fromSchedule = z.object({ source: z.literal('aws.events') });
const fromOperator = z.object(actionField);

export const handler = operation(z.unknown(), async (payload, { log, functionName, timeLeftMs }) => {
  const work = async (leftMs: () => number) => {
    const answer = await reconcileNow(log, functionName, leftMs);
    return { ...answer, events_removed: await removeOld(answer.position, leftMs) };
  };
  if (fromSchedule.safeParse(payload).success) return work(timeLeftMs);
  const actionId = fromOperator.safeParse(payload).data?.action_id;
  const action = { db: readDb(), actionId, kind: 'reconcile' as const, target: 'all', input: {}, timeLeftMs };
  return runAction(action, async (run) => {
    const answer = await work(run.timeLeftMs);
    run.progress(answer.scanned + answer.watched);
    return { answer, done: answer.done };
  });
});
