// What was discarded, by whose reason: a dead letter leaves the system only with a record of it.
import type { Db } from 'mongodb';
import { forgetFailures, type LetterKey } from './records.ts';

export const discardedLettersCollection = 'discarded_letters';

/** Keeps what is about to be discarded, with the reason; its record as a dead letter ends. */
export const recordDiscarded = async (
  db: Db,
  subscription: string,
  letters: (LetterKey & { body: string })[],
  reason: string,
): Promise<void> => {
  const discarded = db.collection<{ _id: string }>(discardedLettersCollection);
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
