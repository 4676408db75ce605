// What was discarded, by whose reason: a dead letter leaves the system only with a record of it.
import type { Db } from 'mongodb';
import { forgetFailures, type LetterKey } from './records.ts';

export const discardedLettersCollection = 'discarded_letters';

export interface DiscardedLetter {
  _id: string;
  subscription: string;
  message_id: string;
  event_id: string | null;
  body: string;
  reason: string;
  discarded_at: Date;
}

const discardedLetters = (db: Db) => db.collection<DiscardedLetter>(discardedLettersCollection);

/** Keeps what is about to be discarded, with the reason; its record as a dead letter ends. */
export const recordDiscarded = async (
  db: Db,
  subscription: string,
  letters: (LetterKey & { body: string })[],
  reason: string,
): Promise<void> => {
  const discarded = discardedLetters(db);
  const rows = letters.map((letter) => ({
    replaceOne: {
      filter: { _id: `${subscription}/${letter.messageId}` },
      replacement: {
        subscription,
        message_id: letter.messageId,
        event_id: letter.eventId ?? null,
        body: letter.body,
        reason,
        discarded_at: new Date(),
      },
      upsert: true,
    },
  }));
  await discarded.bulkWrite(rows, { ordered: false });
  await forgetFailures(db, subscription, letters);
};

/** Those of the events that an operator has ended for a subscription. */
export const findDiscarded = async (
  db: Db,
  subscription: string,
  eventIds: readonly string[],
): Promise<Map<string, DiscardedLetter>> => {
  if (eventIds.length === 0) return new Map();
  const found = await discardedLetters(db)
    .find({ event_id: { $in: [...eventIds] }, subscription })
    .toArray();
  return new Map(found.flatMap((letter) => (letter.event_id === null ? [] : [[letter.event_id, letter]])));
};
