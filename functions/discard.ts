import * as z from 'zod';
import { catalogue } from '../lib/domains.ts';
import { discardLetters } from '../lib/platform/dead-letters.ts';
import { letterChoice } from '../lib/platform/letter-choice.ts';
import { operation } from '../lib/platform/operation.ts';

const input = letterChoice.extend({ reason: z.string().min(1).max(1_000) });

/** Ends dead letters for good; what and why stays on record. */
export const handler = operation(input, async (choice, { log, timeLeftMs }) => {
  const { subscription, reason } = choice;
  catalogue.requireQueue(subscription);
  const answer = await discardLetters(choice, { timeLeftMs });
  log.warn('dead letters discarded', { subscription, reason, discarded: answer.discarded });
  return { subscription, ...answer };
});
