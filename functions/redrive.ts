import * as z from 'zod';
import { markReplayed, messageIdsOf } from '../lib/core/dead-letters.ts';
import { AppError } from '../lib/core/errors.ts';
import { redrive } from '../lib/core/redrive.ts';
import { emitMetrics } from '../lib/platform/metrics.ts';
import { readDb } from '../lib/platform/mongo.ts';
import { operation } from '../lib/platform/operation.ts';
import { sqsDeadLetterQueue } from '../lib/platform/sqs.ts';
import { isSubscription, subscriptions } from '../lib/subscriptions.ts';

const input = z.strictObject({
  subscription: z.string(),
  event_ids: z.array(z.string()).min(1).max(1_000).optional(),
  fingerprint: z.string().optional(),
});

export const handler = operation(
  input,
  async ({ subscription, event_ids, fingerprint }, { functionName, timeLeftMs }) => {
    if (!isSubscription(subscription)) {
      const names = Object.keys(subscriptions).join(', ');
      throw new AppError('invalid_input', `There is no subscription ${subscription}; there are: ${names}`);
    }
    const ofCause =
      fingerprint === undefined ? undefined : await messageIdsOf(readDb(), subscription, fingerprint);
    const answer = await redrive(sqsDeadLetterQueue(subscription), {
      wanted: ({ messageId, eventId }) =>
        (event_ids === undefined || (eventId !== undefined && event_ids.includes(eventId))) &&
        (ofCause === undefined || ofCause.has(messageId)),
      timeLeftMs,
      onRedriven: (letters) => markReplayed(readDb(), subscription, letters),
    });
    emitMetrics(functionName, { Redriven: answer.redriven });
    return { subscription, ...answer };
  },
);
