import { recordFailures } from '../lib/core/dead-letters.ts';
import { reconcile } from '../lib/core/reconcile.ts';
import { config } from '../lib/platform/config.ts';
import { emitMetrics } from '../lib/platform/metrics.ts';
import { readDb, writeDb } from '../lib/platform/mongo.ts';
import { operation, scheduled } from '../lib/platform/operation.ts';
import { subscribers } from '../lib/subscribers.ts';
import { isSubscription, subscriptions } from '../lib/subscriptions.ts';

const eventTypesOf = (name: string): readonly string[] =>
  isSubscription(name) ? subscriptions[name].eventTypes : [];

export const handler = operation(scheduled, async (_, { log, functionName, timeLeftMs }) => {
  const all = subscribers(writeDb(), readDb());
  const answer = await reconcile({
    writeDb: writeDb(),
    readDb: readDb(),
    subscribers: all.map((subscriber) => ({ subscriber, eventTypes: eventTypesOf(subscriber.name) })),
    graceMs: config.READ_LAG_MS,
    timeLeftMs,
    onFailures: (subscription, failures) =>
      recordFailures(
        readDb(),
        subscription,
        failures.map(({ event, error }) => ({
          messageId: `reconcile-${event.event_id}`,
          eventId: event.event_id,
          correlationId: event.metadata.correlation_id,
          body: JSON.stringify(event),
          attempts: 1,
          dead: false,
          error,
        })),
      ),
  });
  const healed = Object.values(answer.healed).reduce((sum, count) => sum + count, 0);
  if (healed > 0) log.warn('healed read models that lagged past the contract', { healed: answer.healed });
  emitMetrics(functionName, { Healed: healed, Failures: answer.failed });
  return answer;
});
