// Finds documents by the words in their field `words`, by an index on that field alone: it grows as the data does, and a
// write costs the words that it adds. Guarantees: each searched word is the beginning of a word of the document, and
// text throughout. How it goes is chosen by what the index says: by the rarest word if that is rare, else along the
// order that is asked for, in which a page of common words is soon full. Not guaranteed: speed if several common words
// meet in few documents; then each document with the rarest of them is looked at (about 3 µs each).
import type { Collection, CountDocumentsOptions, Document, Filter, WithId } from 'mongodb';

/** A document that can be found by words. */
export interface Worded {
  words: string[];
}

/** What the read model needs for it, beside an index for each order that is asked for. */
export const wordsIndex = { keys: { words: 1 } } as const;

/** As many documents are looked at one by one within some 10 ms. */
const fewDocuments = 2_000;

interface Page {
  sort: Record<string, 1 | -1>;
  skip: number;
  limit: number;
  projection?: Document;
}

type Limits = Pick<CountDocumentsOptions, 'maxTimeMS'>;

// The one form of a range that MongoDB counts by the index alone if the field is a list. Each character of the word
// stands for itself.
const beginsWith = (word: string): RegExp => new RegExp(`^${word.replace(/[\\^$.*+?()[\]{}|/#-]/g, '\\$&')}`);

/** By the index on words. */
const indexed = (word: string): Document => ({ words: beginsWith(word) });

/** The same in a form that no index is used for. */
const lookedAt = (word: string): Document => ({ $nor: [{ words: { $not: beginsWith(word) } }] });

interface Ranked {
  areAllCommon: boolean;
  /** The words as conditions that go by the rarest of them. */
  byRarest(): Promise<Document[]>;
}

const rank = async <D extends Worded & Document>(
  collection: Collection<D>,
  words: string[],
  limits: Limits,
): Promise<Ranked> => {
  const countEach = (options: CountDocumentsOptions): Promise<number[]> =>
    Promise.all(words.map((word) => collection.countDocuments(indexed(word) as Filter<D>, options)));
  const atMostFew = await countEach({ ...limits, limit: fewDocuments });
  const areAllCommon = atMostFew.every((count) => count === fewDocuments);
  let exact: Promise<number[]> | undefined;
  return {
    areAllCommon,
    async byRarest() {
      if (areAllCommon && words.length > 1) exact ??= countEach(limits);
      const counts = await (exact ?? atMostFew);
      const rarest = counts.indexOf(Math.min(...counts));
      return words.map((word, at) => (at === rarest ? indexed(word) : lookedAt(word)));
    },
  };
};

/** The stages that give a page as far as the first `many` documents of the order give it. */
const amongFirst = (
  many: number,
  words: string[],
  filter: Document,
  { sort, skip, limit, projection }: Page,
): Document[] => [
  { $match: filter },
  { $sort: sort },
  { $limit: skip + many },
  { $match: { $and: words.map(lookedAt) } },
  { $skip: skip },
  { $limit: limit },
  ...(projection === undefined ? [] : [{ $project: projection }]),
];

/** A search for documents that have all of the words. No words at all find nothing. */
export const searchByWords = async <D extends Worded & Document>(
  collection: Collection<D>,
  words: string[],
  limits: Limits,
) => {
  if (words.length === 0) return { find: async (): Promise<WithId<D>[]> => [], count: async () => 0 };
  const { areAllCommon, byRarest } = await rank(collection, words, limits);
  return {
    async find(filter: Filter<D>, page: Page): Promise<WithId<D>[]> {
      for (const many of areAllCommon ? [fewDocuments / 10, fewDocuments] : []) {
        const stages = amongFirst(many, words, filter, page);
        const found = await collection.aggregate<WithId<D>>(stages, limits).toArray();
        if (found.length === page.limit) return found;
      }
      const conditions = { $and: [...(await byRarest()), filter] } as Filter<D>;
      return collection.find(conditions, { ...limits, ...page }).toArray();
    },

    async count(filter: Filter<D>): Promise<number> {
      // Without anything beside it, one word is counted by the index alone.
      const isWordAlone = words.length === 1 && Object.keys(filter).length === 0;
      const conditions = [...(await byRarest()), ...(isWordAlone ? [] : [filter])];
      return collection.countDocuments({ $and: conditions } as Filter<D>, limits);
    },
  };
};
