// How a read document is written live. Guarantees: a document's version never falls, whoever writes beside us; at one
// version, what another release wrote gives way to today's.
import type { AnyBulkWriteOperation, Collection } from 'mongodb';
import { duplicatesInBulk } from '../driver-errors.ts';
import type { ReadDocument } from './projection.ts';

const replaceOlder = (document: ReadDocument, upsert: boolean): AnyBulkWriteOperation<ReadDocument> => ({
  replaceOne: {
    filter: {
      _id: document._id,
      $or: [
        { version: { $lt: document.version } },
        { version: document.version, schema_version: { $ne: document.schema_version } },
      ],
    },
    replacement: document,
    upsert,
  },
});

/** Gives those whose id existed. */
const write = async (
  collection: Collection<ReadDocument>,
  documents: ReadDocument[],
  toOperation: (document: ReadDocument) => AnyBulkWriteOperation<ReadDocument>,
): Promise<ReadDocument[]> => {
  if (documents.length === 0) return [];
  try {
    await collection.bulkWrite(documents.map(toOperation), { ordered: false });
    return [];
  } catch (error) {
    const raced = duplicatesInBulk(error)?.indexes;
    if (raced === undefined) throw error;
    return raced.flatMap((index) => documents[index] ?? []);
  }
};

/**
 * Writes each document over an older one, or if there is none. Newer or equal ones stay.
 * @param isNew whether there is probably no such document yet: an insert is half the work of a look and a write.
 * @returns ids of documents that stayed: if only some of several did, none is named.
 */
export const writeDocuments = async (
  collection: Collection<ReadDocument>,
  documents: ReadDocument[],
  isNew: (document: ReadDocument) => boolean,
): Promise<ReadonlySet<string>> => {
  const { fresh = [], known = [] } = Object.groupBy(documents, (document) =>
    isNew(document) ? 'fresh' : 'known',
  );
  const existing = await Promise.all([
    write(collection, fresh, (document) => ({ insertOne: { document } })),
    write(collection, known, (document) => replaceOlder(document, true)),
  ]);
  // At a version that is not older, or put there by a racing insert a moment ago.
  const again = existing.flat();
  if (again.length === 0) return new Set();
  const { matchedCount } = await collection.bulkWrite(
    again.map((document) => replaceOlder(document, false)),
    { ordered: false },
  );
  return new Set(matchedCount === 0 ? again.map((document) => document._id) : []);
};
