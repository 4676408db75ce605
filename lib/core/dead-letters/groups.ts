// Dead letters as an operator sees them: by cause, and the letters of a cause.
import type { Db } from 'mongodb';
import { type DeadLetter, deadLetterRecords } from './records.ts';

/** As much of a letter as a list shows. */
export type LetterInList = Pick<
  DeadLetter,
  '_id' | 'subscription' | 'message_id' | 'event_id' | 'correlation_id' | 'last_at' | 'attempts'
>;

/** Dead letters of one cause in one subscription. */
export interface DeadLetterGroup {
  subscription: string;
  fingerprint: string;
  error: DeadLetter['error'];
  count: number;
  replays: number;
  first_at: Date;
  last_at: Date;
  /** Up to ten, the latest first. */
  letters: LetterInList[];
}

/** A page goes on after what was last at this time; of several at one time, after this id. */
export interface After {
  at: Date;
  id: string;
}

export interface LetterQuery {
  subscription?: string | undefined;
  fingerprint?: string | undefined;
  after?: After | undefined;
  limit: number;
}

const mostLetters = 10;

const inList = {
  _id: 1,
  subscription: 1,
  message_id: 1,
  event_id: 1,
  correlation_id: 1,
  last_at: 1,
  attempts: 1,
} as const;

const matching = ({ subscription, fingerprint }: LetterQuery) => ({
  dead: true,
  ...(subscription === undefined ? {} : { subscription }),
  ...(fingerprint === undefined ? {} : { fingerprint }),
});

/** The letters, the latest first. */
export const listLetters = (db: Db, query: LetterQuery): Promise<LetterInList[]> => {
  const { after, limit } = query;
  const past =
    after === undefined
      ? {}
      : { $or: [{ last_at: { $lt: after.at } }, { last_at: after.at, _id: { $lt: after.id } }] };
  return deadLetterRecords(db)
    .find({ ...matching(query), ...past })
    .sort({ last_at: -1, _id: -1 })
    .project<LetterInList>(inList)
    .limit(limit)
    .toArray();
};

interface Cause extends Omit<DeadLetterGroup, 'error' | 'letters'> {
  key: string;
}

/** The causes, the latest first. They are counted from an index alone; then each one's latest letters are read. */
export const listDeadLetters = async (db: Db, query: LetterQuery): Promise<DeadLetterGroup[]> => {
  const { after, limit } = query;
  const causes = await deadLetterRecords(db)
    .aggregate<Cause>([
      { $match: matching(query) },
      {
        $group: {
          _id: { subscription: '$subscription', fingerprint: '$fingerprint' },
          count: { $sum: 1 },
          replays: { $sum: '$replays' },
          first_at: { $min: '$first_at' },
          last_at: { $max: '$last_at' },
        },
      },
      { $replaceWith: { $mergeObjects: ['$_id', '$$ROOT'] } },
      { $set: { key: { $concat: ['$subscription', '/', '$fingerprint'] } } },
      { $unset: '_id' },
      ...(after === undefined
        ? []
        : [
            {
              $match: {
                $or: [{ last_at: { $lt: after.at } }, { last_at: after.at, key: { $lt: after.id } }],
              },
            },
          ]),
      { $sort: { last_at: -1, key: -1 } },
      { $limit: limit },
    ])
    .toArray();
  return Promise.all(
    causes.map(async ({ key: _, ...cause }) => {
      const { subscription, fingerprint } = cause;
      const letters = await listLetters(db, { subscription, fingerprint, limit: mostLetters });
      const latest = await deadLetterRecords(db).findOne(
        { _id: letters[0]?._id ?? '' },
        { projection: { error: 1 } },
      );
      return { ...cause, error: latest?.error ?? { name: 'Unknown', message: '' }, letters };
    }),
  );
};
