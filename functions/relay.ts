import { messageOf } from '../lib/core/errors.ts';
import { runRelay } from '../lib/core/relay/relay.ts';
import { catalogue } from '../lib/domains.ts';
import { config } from '../lib/platform/config.ts';
import { createHeartbeat } from '../lib/platform/heartbeat.ts';
import { emitMetrics } from '../lib/platform/metrics.ts';
import { writeDb } from '../lib/platform/mongo.ts';
import { operation, scheduled } from '../lib/platform/operation.ts';
import { sqsPublisher } from '../lib/platform/sqs/publisher.ts';
import { startNextRelay } from '../lib/platform/wake-relay.ts';

const leaseMs = 3_000;
const idleSeconds = config.RELAY_IDLE_SECONDS;

export const handler = operation(scheduled, async (_, { log, functionName, requestId, timeLeftMs }) => {
  const heartbeat = createHeartbeat(functionName);
  let isQueueAway = false;
  const published = await runRelay({
    db: writeDb(),
    publisher: sqsPublisher,
    subscriptionsOf: catalogue.subscriptionsOf,
    maxAttempts: config.MAX_ATTEMPTS,
    owner: requestId,
    batchSize: config.RELAY_BATCH_SIZE,
    pollMs: config.RELAY_POLL_INTERVAL_MS,
    leaseMs,
    ...(idleSeconds === 'always' ? {} : { idleMs: idleSeconds * 1_000 }),
    timeLeftMs,
    onLease: heartbeat.beat,
    onBatch(result) {
      emitMetrics(functionName, {
        EventsPublished: result.published,
        EventsRefused: result.refused,
        EventsParked: result.parked,
      });
      if (result.unreachable !== undefined && !isQueueAway)
        log.warn('queue not reachable, events pend', { reason: result.unreachable });
      isQueueAway = result.unreachable !== undefined;
      for (const { event, reason, parked } of result.refusals) {
        const { event_id, type, version, metadata } = event;
        const about = { event_id, type, version, correlation_id: metadata.correlation_id, reason };
        log.warn(parked ? 'event parked' : 'event refused', about);
      }
    },
    onOutage: (error) => log.warn('database not reachable, events pend', { reason: messageOf(error) }),
    callNext: startNextRelay,
  });
  await heartbeat.settled();
  return { published };
});
