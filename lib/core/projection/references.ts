// Fields of a read model that another aggregate's events change: a product shows its supplier's name. They follow the
// version of what they were copied from, not the document's own. Guarantees: whichever event comes first, and whoever
// writes beside us, each document ends with the newest copy, which is what a rebuild gives. Two rules bring this about:
// who writes a document looks at the write side of what it refers to afterwards (settle), and who projects a change of
// that sends it to every document there is (spread). One of the two comes later, and sees the other.
import { asStored } from './as-stored.ts';
import type { ReadModel, Recomputed, Reference, View } from './projection.ts';

const fieldOf = (view: View, field: string): unknown => Object.getOwnPropertyDescriptor(view, field)?.value;

const versionIn = (view: View, { versionField }: Reference): number =>
  Number(fieldOf(view, versionField) ?? 0);

const copyOf = ({ copy, versionField }: Reference, target: View): object =>
  asStored({ ...copy(target), [versionField]: target.version });

const older = ({ versionField }: Reference, version: number) => ({ [versionField]: { $lt: version } });

/** What the views refer to, as the write side has it now. `known` views need only what came after them. */
const targetsOf = async (
  { model, idField }: Reference,
  views: View[],
  { useKnown }: { useKnown: boolean },
): Promise<Map<string, Recomputed>> => {
  const ids = [...new Set(views.map((view) => String(fieldOf(view, idField))))];
  const stored = useKnown ? await model.collection.find({ _id: { $in: ids } }).toArray() : [];
  const known = new Map(stored.map((view) => [view._id, view]));
  return new Map((await model.source.current(ids, known)).map((one) => [one.id, one]));
};

/** The recomputed views with what they refer to at its newest: what a document should be. */
export const resolveReferences = async (
  { references = [] }: ReadModel,
  recomputed: Recomputed[],
): Promise<Recomputed[]> => {
  let resolved = recomputed;
  for (const reference of references) {
    const views = resolved.flatMap((one) => ('view' in one ? [one.view] : []));
    if (views.length === 0) break;
    const targets = await targetsOf(reference, views, { useKnown: false });
    resolved = resolved.map((one): Recomputed => {
      if (!('view' in one)) return one;
      const target = targets.get(String(fieldOf(one.view, reference.idField)));
      if (target === undefined) return one;
      if ('error' in target) return { id: one.id, error: target.error };
      if (versionIn(one.view, reference) >= target.view.version) return one;
      return { id: one.id, view: { ...one.view, ...copyOf(reference, target.view) } };
    });
  }
  return resolved;
};

/** Whether a copy in the one is newer than in the other. */
export const hasNewerCopy = ({ references = [] }: ReadModel, one: View, other: View): boolean =>
  references.some((reference) => versionIn(one, reference) > versionIn(other, reference));

/** The versions of the copies, for a filter: a document altered by hand may have none, and null matches that. */
export const copyVersions = ({ references = [] }: ReadModel, view: View): Record<string, unknown> =>
  Object.fromEntries(
    references.map(({ versionField }) => [versionField, fieldOf(view, versionField) ?? null]),
  );

/** To be called with views after they were written: brings copies forward that are older than the write side. */
export const settleReferences = async (
  { collection, references = [] }: ReadModel,
  views: View[],
): Promise<void> => {
  for (const reference of references) {
    if (views.length === 0) return;
    const targets = await targetsOf(reference, views, { useKnown: true });
    const updates = views.flatMap((view) => {
      const target = targets.get(String(fieldOf(view, reference.idField)));
      if (target === undefined || 'error' in target) return [];
      const { version } = target.view;
      if (versionIn(view, reference) >= version) return [];
      const filter = { _id: view._id, ...older(reference, version) };
      return [{ updateOne: { filter, update: { $set: copyOf(reference, target.view) } } }];
    });
    if (updates.length > 0) await collection.bulkWrite(updates, { ordered: false });
  }
};

const referencesTo = (target: ReadModel, { references = [] }: ReadModel): Reference[] =>
  references.filter(({ model }) => model.projection === target.projection);

/** Sends what was projected to every document of `model` that refers to it: one guarded update for each. */
export const spread = async (model: ReadModel, from: ReadModel, targets: View[]): Promise<void> => {
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
export const findUnspread = async (
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
