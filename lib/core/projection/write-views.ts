// How a read document is written live. Guarantees: a document's version never falls, whoever writes beside us; at one
// version, what another release wrote gives way to today's.
import type { AnyBulkWriteOperation, Collection } from 'mongodb';
import { duplicatesInBulk } from '../driver-errors.ts';
import type { View } from './projection.ts';

const replaceOlder = (view: View, upsert: boolean): AnyBulkWriteOperation<View> => ({
  replaceOne: {
    filter: {
      _id: view._id,
      $or: [
        { version: { $lt: view.version } },
        { version: view.version, schema_version: { $ne: view.schema_version } },
      ],
    },
    replacement: view,
    upsert,
  },
});

/**
 * Writes each view over an older one, or where there is none. Newer or equal ones stay.
 * @returns ids of views that stayed: where only some of several did, none is named.
 */
export const writeViews = async (
  collection: Collection<View>,
  views: View[],
): Promise<ReadonlySet<string>> => {
  if (views.length === 0) return new Set();
  try {
    await collection.bulkWrite(
      views.map((view) => replaceOlder(view, true)),
      { ordered: false },
    );
    return new Set();
  } catch (error) {
    const raced = duplicatesInBulk(error)?.indexes;
    if (raced === undefined) throw error;
    // The id exists by now: at a version that is not older, or put there by a racing insert a moment ago.
    const again = raced.flatMap((index) => views[index] ?? []);
    const { matchedCount } = await collection.bulkWrite(
      again.map((view) => replaceOlder(view, false)),
      { ordered: false },
    );
    return new Set(matchedCount === 0 ? again.map((view) => view._id) : []);
  }
};
