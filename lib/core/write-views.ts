// The one way a read document is written. Guarantees: a document's version never falls, whoever writes beside us.
import type { AnyBulkWriteOperation, Collection } from 'mongodb';
import { MongoBulkWriteError } from 'mongodb';
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
    const raced = racedInserts(error);
    if (raced === undefined) throw error;
    // The id exists by now: at a version that is not older, or put there by a racing insert a moment ago.
    const again = raced.flatMap((index) => views[index] ?? []);
    await collection.bulkWrite(
      again.map((view) => replaceOlder(view, false)),
      { ordered: false },
    );
  }
};

/** The indexes of the operations that met an existing id, or undefined where anything else went wrong too. */
const racedInserts = (error: unknown): number[] | undefined => {
  if (!(error instanceof MongoBulkWriteError)) return undefined;
  const errors = [error.writeErrors].flat();
  return errors.every((one) => one.code === 11000) ? errors.map((one) => one.index) : undefined;
};
