// What an operator may do with the dead letters of a subscription, whether by invoking a function or over HTTP.
import { recordDiscarded } from '../core/dead-letters/discarded.ts';
import { forgetGone, markReplayed } from '../core/dead-letters/records.ts';
import {
  type DiscardAnswer,
  type DrainOptions,
  discard,
  type RedriveAnswer,
  redrive,
} from '../core/dead-letters/redrive.ts';
import { config } from './config.ts';
import { chooseLetters, type LetterChoice } from './letter-choice.ts';
import { readDb } from './mongo.ts';
import { sqsDeadLetterQueue } from './sqs/dead-letter-queue.ts';
import { countLetters } from './sqs/depth.ts';

interface Run extends Pick<DrainOptions, 'timeLeftMs'> {
  /** Told how many letters are through, each time that some are. */
  onProgress?(through: number): void;
}

const count = (onProgress: Run['onProgress']) => {
  let through = 0;
  return (letters: readonly unknown[]): void => {
    through += letters.length;
    onProgress?.(through);
  };
};

/** Forgets the records of letters that are not there any more. Gives their number. */
export const forgetGoneLetters = (subscription: string): Promise<number> => {
  const settledBefore = new Date(Date.now() - config.RECONCILE_GRACE_MS);
  return forgetGone(readDb(), subscription, () => countLetters(subscription), settledBefore);
};

/** Puts the chosen letters back on the subscription's queue, each once. */
export const redriveLetters = async (
  { subscription, ...choice }: LetterChoice,
  { timeLeftMs, onProgress }: Run,
): Promise<RedriveAnswer> => {
  const countIn = count(onProgress);
  const answer = await redrive(sqsDeadLetterQueue(subscription), {
    wanted: await chooseLetters(readDb(), subscription, choice),
    timeLeftMs,
    async onRedriven(letters) {
      await markReplayed(readDb(), subscription, letters);
      countIn(letters);
    },
  });
  await forgetGoneLetters(subscription);
  return answer;
};

/** Ends the chosen letters for good; what and why stays on record. */
export const discardLetters = async (
  { subscription, reason, ...choice }: LetterChoice & { reason: string },
  { timeLeftMs, onProgress }: Run,
): Promise<DiscardAnswer> => {
  const countIn = count(onProgress);
  const answer = await discard(sqsDeadLetterQueue(subscription), {
    wanted: await chooseLetters(readDb(), subscription, choice),
    timeLeftMs,
    async record(letters) {
      await recordDiscarded(readDb(), subscription, letters, reason);
      countIn(letters);
    },
  });
  await forgetGoneLetters(subscription);
  return answer;
};
