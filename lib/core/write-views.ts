// The one way a read document is written. Guarantees: a document's version never falls, whoever writes beside us.
import type { AnyBulkWriteOperation, Collection } from 'mongodb';
import { duplicatesInBulk } from './driver-errors.ts';
import type { View } from './projection.ts';

const replaceOlder = (view: View, upsert: boolean): AnyBulkWriteOperation<View> => ({
  replaceOne: { filter: { _id: view._id, version: { $lt: view.version } }, replacement: view, upsert },
});

/** Writes each view over an older one, or where there is none. Newer or equal ones stay. */
export const writeViews = async (collection: Collection<View>, views: View[]): Promise<void> => {
  if (views.length === 0) return;
  try {
    await collection.bulkWrite(
      views.map((view) => replaceOlder(view, true)),
      { ordered: false },
    );
  } catch (error) {
    const raced = duplicatesInBulk(error)?.indexes;
    if (raced === undefined) throw error;
    // The id exists by now: at a version that is not older, or put there by a racing insert a moment ago.
    const again = raced.flatMap((index) => views[index] ?? []);
    await collection.bulkWrite(
      again.map((view) => replaceOlder(view, false)),
      { ordered: false },
    );
  }
};
