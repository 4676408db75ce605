import { markReplayed } from '../lib/core/dead-letters/records.ts';
import { redrive } from '../lib/core/dead-letters/redrive.ts';
import { unpark } from '../lib/core/relay/parked.ts';
import { catalogue } from '../lib/domains.ts';
import { chooseLetters, letterChoice } from '../lib/platform/letter-choice.ts';
import { emitMetrics } from '../lib/platform/metrics.ts';
import { readDb, writeDb } from '../lib/platform/mongo.ts';
import { operation } from '../lib/platform/operation.ts';
import { sqsDeadLetterQueue } from '../lib/platform/sqs/dead-letter-queue.ts';

/** The subscription `relay` stands for events that a queue refused for good. */
export const handler = operation(
  letterChoice,
  async ({ subscription, ...choice }, { functionName, timeLeftMs }) => {
    if (subscription === 'relay') {
      return { subscription, redriven: await unpark(writeDb(), choice.event_ids), left: 0, done: true };
    }
    catalogue.requireQueue(subscription);
    const answer = await redrive(sqsDeadLetterQueue(subscription), {
      wanted: await chooseLetters(readDb(), subscription, choice),
      timeLeftMs,
      onRedriven: (letters) => markReplayed(readDb(), subscription, letters),
    });
    emitMetrics(functionName, { Redriven: answer.redriven });
    return { subscription, ...answer };
  },
);
