// Dead letters as an operator sees them: by cause.
import type { Db } from 'mongodb';
import { type DeadLetter, deadLetterRecords } from './records.ts';

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
  letters: Pick<DeadLetter, 'message_id' | 'event_id' | 'correlation_id' | 'last_at' | 'attempts'>[];
}

const mostLetters = 10;

/** The causes, the latest first. */
export const listDeadLetters = (
  db: Db,
  { subscription, limit }: { subscription?: string; limit: number },
): Promise<DeadLetterGroup[]> =>
  deadLetterRecords(db)
    .aggregate<DeadLetterGroup>([
      { $match: { dead: true, ...(subscription === undefined ? {} : { subscription }) } },
      { $sort: { subscription: 1, fingerprint: 1, last_at: 1 } },
      {
        $group: {
          _id: { subscription: '$subscription', fingerprint: '$fingerprint' },
          error: { $last: '$error' },
          count: { $sum: 1 },
          replays: { $sum: '$replays' },
          first_at: { $min: '$first_at' },
          last_at: { $max: '$last_at' },
          letters: {
            $topN: {
              n: mostLetters,
              sortBy: { last_at: -1 },
              output: {
                message_id: '$message_id',
                event_id: '$event_id',
                correlation_id: '$correlation_id',
                last_at: '$last_at',
                attempts: '$attempts',
              },
            },
          },
        },
      },
      { $sort: { last_at: -1 } },
      { $limit: limit },
      { $replaceWith: { $mergeObjects: ['$_id', '$$ROOT'] } },
      { $unset: '_id' },
    ])
    .toArray();
