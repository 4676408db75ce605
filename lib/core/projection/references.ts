// Fields of a read model that another aggregate's events change: a product shows its supplier's name. They follow the
// version of what they were copied from, not the document's own. Guarantees: whichever event comes first, and whoever
// writes beside us, each document ends with the newest copy, which is what a rebuild gives. Two rules bring this about:
// who writes a document looks at the write side of what it refers to afterwards (refreshCopies), and who projects a change of
// that sends it to every document there is (sendCopies). One of the two comes later, and sees the other.
import { asStored } from './as-stored.ts';
import type { ReadDocument, ReadModel, Recomputed, Reference } from './projection.ts';

const fieldOf = (document: ReadDocument, field: string): unknown =>
  Object.getOwnPropertyDescriptor(document, field)?.value;

const versionIn = (document: ReadDocument, { versionField }: Reference): number =>
  Number(fieldOf(document, versionField) ?? 0);

const copyOf = ({ copy, versionField }: Reference, target: ReadDocument): object =>
  asStored({ ...copy(target), [versionField]: target.version });

const older = ({ versionField }: Reference, version: number) => ({ [versionField]: { $lt: version } });

/** What the documents refer to, as the write side has it now. `known` documents need only what came after them. */
const targetsOf = async (
  { model, idField }: Reference,
  documents: ReadDocument[],
  { useKnown }: { useKnown: boolean },
): Promise<Map<string, Recomputed>> => {
  const ids = [...new Set(documents.map((document) => String(fieldOf(document, idField))))];
  const stored = useKnown ? await model.collection.find({ _id: { $in: ids } }).toArray() : [];
  const known = new Map(stored.map((document) => [document._id, document]));
  return new Map((await model.source.current(ids, known)).map((one) => [one.id, one]));
};

/** The recomputed documents with what they refer to at its newest: what a document should be. */
export const resolveReferences = async (
  { references = [] }: ReadModel,
  recomputed: Recomputed[],
): Promise<Recomputed[]> => {
  let resolved = recomputed;
  for (const reference of references) {
    const documents = resolved.flatMap((one) => ('document' in one ? [one.document] : []));
    if (documents.length === 0) break;
    const targets = await targetsOf(reference, documents, { useKnown: false });
    resolved = resolved.map((one): Recomputed => {
      if (!('document' in one)) return one;
      const target = targets.get(String(fieldOf(one.document, reference.idField)));
      if (target === undefined) return one;
      if ('error' in target) return { id: one.id, error: target.error };
      if (versionIn(one.document, reference) >= target.document.version) return one;
      return { id: one.id, document: { ...one.document, ...copyOf(reference, target.document) } };
    });
  }
  return resolved;
};

/** Whether a copy in the one is newer than in the other. */
export const hasNewerCopy = (
  { references = [] }: ReadModel,
  one: ReadDocument,
  other: ReadDocument,
): boolean => references.some((reference) => versionIn(one, reference) > versionIn(other, reference));

/** The versions of the copies, for a filter: a document altered by hand may have none, and null matches that. */
export const copyVersions = (
  { references = [] }: ReadModel,
  document: ReadDocument,
): Record<string, unknown> =>
  Object.fromEntries(
    references.map(({ versionField }) => [versionField, fieldOf(document, versionField) ?? null]),
  );

/** To be called with documents after they were written: brings copies forward that are older than the write side. */
export const refreshCopies = async (
  { collection, references = [] }: ReadModel,
  documents: ReadDocument[],
): Promise<void> => {
  for (const reference of references) {
    if (documents.length === 0) return;
    const targets = await targetsOf(reference, documents, { useKnown: true });
    const updates = documents.flatMap((document) => {
      const target = targets.get(String(fieldOf(document, reference.idField)));
      if (target === undefined || 'error' in target) return [];
      const { version } = target.document;
      if (versionIn(document, reference) >= version) return [];
      const filter = { _id: document._id, ...older(reference, version) };
      return [{ updateOne: { filter, update: { $set: copyOf(reference, target.document) } } }];
    });
    if (updates.length > 0) await collection.bulkWrite(updates, { ordered: false });
  }
};

const referencesTo = (target: ReadModel, { references = [] }: ReadModel): Reference[] =>
  references.filter(({ model }) => model.projection === target.projection);

/** Sends what was projected to every document of `model` that refers to it: one guarded update for each. */
export const sendCopies = async (
  model: ReadModel,
  from: ReadModel,
  targets: ReadDocument[],
): Promise<void> => {
  for (const reference of referencesTo(from, model)) {
    const updates = targets.map((target) => ({
      updateMany: {
        filter: { [reference.idField]: target._id, ...older(reference, target.version) },
        update: { $set: copyOf(reference, target) },
      },
    }));
    if (updates.length > 0) await model.collection.bulkWrite(updates, { ordered: false });
  }
};

/** Those of the targets that a document of `model` has an older copy of. */
export const findStaleCopies = async (
  model: ReadModel,
  from: ReadModel,
  targets: { id: string; version: number }[],
): Promise<Set<string>> => {
  const found = new Set<string>();
  for (const reference of referencesTo(from, model)) {
    if (targets.length === 0) break;
    const anyOf = targets.map(({ id, version }) => ({
      [reference.idField]: id,
      ...older(reference, version),
    }));
    const ids: unknown[] = await model.collection.distinct(reference.idField, { $or: anyOf });
    for (const id of ids) found.add(String(id));
  }
  return found;
};
