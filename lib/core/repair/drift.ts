// How a read model differs from its write side, and putting it right. Live writers go on meanwhile: a document that
// seems too new or surplus is judged by a fresh look at the write side, before it is mended and after; and a mending write
// that lost against a live one is judged again.
import { isDeepStrictEqual } from 'node:util';
import type { AnyBulkWriteOperation, Filter } from 'mongodb';
import { duplicatesInBulk } from '../driver-errors.ts';
import type { ReadDocument, ReadModel, Recomputed, Segment } from '../projection/projection.ts';
import { copyVersions, hasNewerCopy, refreshCopies, resolveReferences } from '../projection/references.ts';
import { documentOf } from '../projection/sources.ts';

/** A document that is not what it should be: `stored` absent, it is missing; `document` absent, it is surplus. */
export type Difference =
  | { stored: ReadDocument; document?: ReadDocument }
  | { stored?: undefined; document: ReadDocument };

export interface Examined {
  differences: Difference[];
  /** Aggregates that this code cannot compute. */
  failed: string[];
}

const compare = (stored: ReadDocument, document: ReadDocument): Difference[] =>
  isDeepStrictEqual(stored, document) ? [] : [{ stored, document }];

/** What the documents of these aggregates should be now. */
const current = async (model: ReadModel, ids: string[]): Promise<Recomputed[]> =>
  ids.length === 0 ? [] : resolveReferences(model, await model.source.current(ids));

const examine = async (
  model: ReadModel,
  expected: Recomputed[],
  found: ReadDocument[],
): Promise<Examined> => {
  const stored = new Map(found.map((document) => [document._id, document]));
  const examined: Examined = { differences: [], failed: [] };
  const suspects: ReadDocument[] = [];
  for (const one of expected) {
    const document = documentOf(one);
    const there = stored.get(one.id);
    stored.delete(one.id);
    if (document === undefined) examined.failed.push(one.id);
    else if (there === undefined) examined.differences.push({ document });
    else if (there.version > document.version || hasNewerCopy(model, there, document)) suspects.push(there);
    else examined.differences.push(...compare(there, document));
  }
  suspects.push(...stored.values());
  const fresh = await current(
    model,
    suspects.map((document) => document._id),
  );
  const freshById = new Map(fresh.map((one) => [one.id, one]));
  for (const suspect of suspects) {
    const now = freshById.get(suspect._id);
    const document = documentOf(now);
    if (now === undefined) examined.differences.push({ stored: suspect });
    else if (document !== undefined) examined.differences.push(...compare(suspect, document));
  }
  return examined;
};

/** The ids of a range. Those that are no strings, as a hand in a shell may give, are in the first one. */
const idsIn = ({ after, upTo }: Segment): Filter<ReadDocument> => {
  if (after === undefined) return upTo === undefined ? {} : { _id: { $not: { $gt: upTo } } };
  return { _id: { $gt: after, ...(upTo === undefined ? {} : { $lte: upTo }) } };
};

/** The differences between what the write side expects and the documents whose ids are in the range. */
export const examineRange = async (
  model: ReadModel,
  expected: Recomputed[],
  range: Segment,
): Promise<Examined> =>
  examine(
    model,
    await resolveReferences(model, expected),
    await model.collection.find(idsIn(range)).toArray(),
  );

const toWrite = (model: ReadModel, { stored, document }: Difference): AnyBulkWriteOperation<ReadDocument> => {
  // A document altered by hand may have no version at all: null matches that.
  const same =
    stored === undefined
      ? undefined
      : { _id: stored._id, version: (stored.version ?? null) as number, ...copyVersions(model, stored) };
  if (document === undefined) return { deleteOne: { filter: same ?? {} } };
  if (same !== undefined) return { replaceOne: { filter: same, replacement: document } };
  return {
    replaceOne: {
      filter: { _id: document._id, version: { $lt: document.version } },
      replacement: document,
      upsert: true,
    },
  };
};

/** Gives how many of the writes took effect; the rest met a document that had changed meanwhile. */
const write = async (model: ReadModel, differences: Difference[]): Promise<number> => {
  const operations = differences.map((one) => toWrite(model, one));
  const done = await model.collection.bulkWrite(operations, { ordered: false }).catch((error: unknown) => {
    const duplicates = duplicatesInBulk(error);
    if (duplicates === undefined) throw error;
    return duplicates.done;
  });
  return done.matchedCount + done.upsertedCount + done.deletedCount;
};

const rounds = 5;

/** Live writers take what they bring for old beside such a document, and leave it: only a look after the write sees that. */
const seemedNewer = ({ stored, document }: Difference): boolean =>
  stored !== undefined && !(stored.version <= (document?.version ?? 0));

/** Puts the differences right. A document that a live writer changes all the while is left to it after some rounds. */
export const mend = async (model: ReadModel, differences: Difference[]): Promise<void> => {
  let open = differences;
  for (let round = 0; round < rounds && open.length > 0; round += 1) {
    const written = await write(model, open);
    await refreshCopies(
      model,
      open.flatMap(({ document }) => document ?? []),
    );
    const unsure = written === open.length ? open.filter(seemedNewer) : open;
    if (unsure.length === 0) return;
    const ids = unsure.map(({ stored, document }) => stored?._id ?? document?._id ?? '');
    const [expected, found] = await Promise.all([
      current(model, ids),
      model.collection.find({ _id: { $in: ids } }).toArray(),
    ]);
    open = (await examine(model, expected, found)).differences;
  }
};

/** The documents of an aggregate: what they should be now, and what is there. */
const findBoth = async (model: ReadModel, id: string, since: number) => {
  const { expected, there } = await model.source.ofAggregate(id, since);
  // By their ids too: a document altered by hand may have lost what shows whose it is.
  const ids = expected.map((one) => one.id);
  const [resolved, found] = await Promise.all([
    resolveReferences(model, expected),
    model.collection.find({ $or: [{ _id: { $in: ids } }, there] }).toArray(),
  ]);
  return { expected: resolved, found };
};

/** Puts the documents of an aggregate right that changed at version `since` or later; gives how many differed. */
export const mendOf = async (model: ReadModel, id: string, since: number): Promise<number> => {
  const { expected, found } = await findBoth(model, id, since);
  const { differences } = await examine(model, expected, found);
  if (differences.length > 0) await mend(model, differences);
  return differences.length;
};

export interface Pair {
  id: string;
  /** Undefined if there is none. */
  stored: ReadDocument | undefined;
  /** What a replay gives: undefined if none should be. */
  replayed: Recomputed | undefined;
}

/** Each document of an aggregate beside what a replay gives; by id. */
export const compareOf = async (model: ReadModel, id: string, since: number): Promise<Pair[]> => {
  const { expected, found } = await findBoth(model, id, since);
  const stored = new Map(found.map((document) => [document._id, document]));
  const replayed = new Map(expected.map((one) => [one.id, one]));
  const ids = [...new Set([...stored.keys(), ...replayed.keys()])].sort();
  return ids.map((each) => ({ id: each, stored: stored.get(each), replayed: replayed.get(each) }));
};
