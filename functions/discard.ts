import * as z from 'zod';
import { recordDiscarded } from '../lib/core/dead-letters/discarded.ts';
import { discard } from '../lib/core/dead-letters/redrive.ts';
import { catalogue } from '../lib/domains.ts';
import { chooseLetters, letterChoice } from '../lib/platform/letter-choice.ts';
import { readDb } from '../lib/platform/mongo.ts';
import { operation } from '../lib/platform/operation.ts';
import { sqsDeadLetterQueue } from '../lib/platform/sqs/dead-letter-queue.ts';

const input = letterChoice.extend({ reason: z.string().min(1).max(1_000) });

/** Ends dead letters for good; what and why stays on record. */
export const handler = operation(input, async ({ subscription, reason, ...choice }, { log, timeLeftMs }) => {
  catalogue.requireQueue(subscription);
  const answer = await discard(sqsDeadLetterQueue(subscription), {
    wanted: await chooseLetters(readDb(), subscription, choice),
    timeLeftMs,
    record: (letters) => recordDiscarded(readDb(), subscription, letters, reason),
  });
  log.warn('dead letters discarded', { subscription, reason, discarded: answer.discarded });
  return { subscription, ...answer };
});
