// Events that reconcile has passed although they were not in effect everywhere: parked, or not to be applied by this
// code. Guarantees: such an event is looked at again until it is in effect, so that what is put back, and lost again on
// its way, is found. The one that was looked at longest ago comes first.
import type { Db } from 'mongodb';

export const watchedEventsCollection = 'watched_events';

interface WatchedEvent {
  _id: string;
  looked_at: Date;
}

const watched = (db: Db) => db.collection<WatchedEvent>(watchedEventsCollection);

/** Puts events on the list, or at its end if they are on it. */
export const watchEvents = async (db: Db, eventIds: readonly string[]): Promise<void> => {
  if (eventIds.length === 0) return;
  const looked_at = new Date();
  await watched(db).bulkWrite(
    eventIds.map((_id) => ({
      updateOne: { filter: { _id }, update: { $set: { looked_at } }, upsert: true },
    })),
    { ordered: false },
  );
};

export const unwatchEvents = async (db: Db, eventIds: readonly string[]): Promise<void> => {
  if (eventIds.length > 0) await watched(db).deleteMany({ _id: { $in: [...eventIds] } });
};

export const listWatched = async (db: Db, limit: number): Promise<string[]> =>
  (await watched(db).find().sort({ looked_at: 1 }).limit(limit).toArray()).map(({ _id }) => _id);
