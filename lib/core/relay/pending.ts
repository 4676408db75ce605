// What there is to relay, found by state: a cursor over ids would skip what is committed late.
import type { Db } from 'mongodb';
import type { EventRow } from '../events.ts';
import { eventRows } from '../stores/event-rows.ts';

/** Most events of one look. */
export const snapshotSize = (batchSize: number): number => 20 * batchSize;

/**
 * Committed events that no relay has looked at, oldest first, in batches. A snapshot that shows a version shows the ones
 * before it too, and `recorded_at` never goes back within a stream: so none comes before its predecessor, nor is one cut
 * off by the limit.
 */
export async function* newEvents(db: Db, batchSize: number): AsyncGenerator<EventRow[]> {
  const cursor = eventRows(db)
    .find({ pending: true, next_attempt_at: { $exists: false } }, { readConcern: { level: 'snapshot' } })
    .sort({ recorded_at: 1, version: 1 })
    .limit(snapshotSize(batchSize))
    .batchSize(batchSize);
  try {
    while (await cursor.hasNext()) yield cursor.readBufferedDocuments(batchSize);
  } finally {
    await cursor.close();
  }
}

/** Events in their pause count: with them pending, nobody rests. */
export const isPending = async (db: Db): Promise<boolean> =>
  (await eventRows(db).findOne(
    { pending: true },
    // By the index of what is pending, which is chosen for its order alone: else the whole log is gone through.
    { sort: { recorded_at: 1, version: 1 }, projection: { _id: 1 }, readConcern: { level: 'majority' } },
  )) !== null;
