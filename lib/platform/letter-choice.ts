// Which dead letters an operator means: all of a subscription, those of one cause, or some events.
import type { Db } from 'mongodb';
import * as z from 'zod';
import { lettersOfCause } from '../core/dead-letters/records.ts';
import type { QueuedLetter } from '../core/dead-letters/redrive.ts';

export const letterChoice = z.strictObject({
  subscription: z.string(),
  event_ids: z.array(z.string()).min(1).max(1_000).optional(),
  /** Of a group in GET /dead-letters. */
  fingerprint: z.string().optional(),
});

export type LetterChoice = z.output<typeof letterChoice>;

export const chooseLetters = async (
  readDb: Db,
  subscription: string,
  { event_ids, fingerprint }: Omit<LetterChoice, 'subscription'>,
): Promise<(letter: QueuedLetter) => boolean> => {
  const ofCause =
    fingerprint === undefined ? undefined : await lettersOfCause(readDb, subscription, fingerprint);
  return (letter) =>
    (event_ids === undefined || (letter.eventId !== undefined && event_ids.includes(letter.eventId))) &&
    (ofCause === undefined || ofCause(letter));
};
