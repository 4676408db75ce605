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

/** Gives those whose id existed. */
const write = async (
  collection: Collection<View>,
  views: View[],
  toOperation: (view: View) => AnyBulkWriteOperation<View>,
): Promise<View[]> => {
  if (views.length === 0) return [];
  try {
    await collection.bulkWrite(views.map(toOperation), { ordered: false });
    return [];
  } catch (error) {
    const raced = duplicatesInBulk(error)?.indexes;
    if (raced === undefined) throw error;
    return raced.flatMap((index) => views[index] ?? []);
  }
};

/**
 * Writes each view over an older one, or if there is none. Newer or equal ones stay.
 * @param isNew whether there is probably no such document yet: an insert is half the work of a look and a write.
 * @returns ids of views that stayed: where only some of several did, none is named.
 */
export const writeViews = async (
  collection: Collection<View>,
  views: View[],
  isNew: (view: View) => boolean,
): Promise<ReadonlySet<string>> => {
  const { fresh = [], known = [] } = Object.groupBy(views, (view) => (isNew(view) ? 'fresh' : 'known'));
  const existing = await Promise.all([
    write(collection, fresh, (document) => ({ insertOne: { document } })),
    write(collection, known, (view) => replaceOlder(view, true)),
  ]);
  // At a version that is not older, or put there by a racing insert a moment ago.
  const again = existing.flat();
  if (again.length === 0) return new Set();
  const { matchedCount } = await collection.bulkWrite(
    again.map((view) => replaceOlder(view, false)),
    { ordered: false },
  );
  return new Set(matchedCount === 0 ? again.map((view) => view._id) : []);
};
