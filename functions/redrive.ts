import { unpark } from '../lib/core/relay/parked.ts';
import { catalogue } from '../lib/domains.ts';
import { redriveLetters } from '../lib/platform/dead-letters.ts';
import { letterChoice } from '../lib/platform/letter-choice.ts';
import { emitMetrics } from '../lib/platform/metrics.ts';
import { writeDb } from '../lib/platform/mongo.ts';
import { operation } from '../lib/platform/operation.ts';

/** The subscription `relay` stands for events that a queue refused for good. */
export const handler = operation(letterChoice, async (choice, { functionName, timeLeftMs }) => {
  const { subscription } = choice;
  if (subscription === 'relay') {
    return { subscription, redriven: await unpark(writeDb(), choice.event_ids), left: 0, done: true };
  }
  catalogue.requireQueue(subscription);
  const answer = await redriveLetters(choice, { timeLeftMs });
  emitMetrics(functionName, { Redriven: answer.redriven });
  return { subscription, ...answer };
});
