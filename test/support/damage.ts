// What hands can do to a read model.
import type { Db } from 'mongodb';
import type { ReadDocument, ReadModel } from '../../lib/core/projection/projection.ts';

export interface Damage {
  altered: number;
  missing: number;
  surplus: number;
}

/** Alters, deletes and adds documents; gives how many of each. Needs four documents or more. */
export const damage = async ({ collection, projection }: ReadModel, read: Db): Promise<Damage> => {
  const documents = await collection.find().sort({ _id: 1 }).toArray();
  const [older, newer, versionless, deleted] = documents;
  const alter = (document: ReadDocument | undefined, change: object) =>
    collection.updateOne({ _id: document?._id ?? '' }, change);
  const { matchedCount: one } = await alter(older, { $set: { version: 0, added_by_hand: true } });
  const { matchedCount: two } = await alter(newer, { $set: { version: 999 } });
  const { matchedCount: three } = await alter(versionless, { $unset: { version: true, updated_at: true } });
  const { deletedCount: missing } = await collection.deleteOne({ _id: deleted?._id ?? '' });
  // An id of any type: whoever adds a document in a shell gets an ObjectId. And one below, one above all others.
  const untyped = read.collection(collection.collectionName);
  const added = [
    {},
    { _id: 7 },
    { _id: '' },
    { _id: '~', version: 1 },
    { _id: '0', version: projection.schemaVersion },
  ];
  await untyped.insertMany(added as object[]);
  return { altered: one + two + three, missing, surplus: added.length };
};
