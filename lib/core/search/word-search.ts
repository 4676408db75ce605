// Finds documents by the words in their field `words`, by an index on that field alone: it grows as the data does, and a
// write costs the words that it adds. Guarantees: each searched word is the beginning of a word of the document, text
// throughout, and an exact total. If few documents have one of the words, one call looks at these alone. If all words are
// common, the page is found along the order that is asked for, in which it is soon full, and all are counted.
// Not guaranteed: speed of an exact total of common words. One word is counted by the index alone (about 0.5 µs a
// document); else each document with the rarest word is looked at (about 2 µs), as it is if common words seldom meet.
import type { Collection, Document, Filter, WithId } from 'mongodb';
import { commonWords } from './common-words.ts';
import { allOf, indexed, lookedAt } from './word-conditions.ts';

/** A document that can be found by words. */
export interface Worded {
  words: string[];
}

/** What the read model needs for it, beside an index for each order that is asked for. */
export const wordsIndex = { keys: { words: 1 } } as const;

/** As many documents are looked at one by one within some 5 ms. */
const fewDocuments = 2_000;

/** As many are passed along an order within some 300 ms. */
const mostPassed = 300_000;

export interface WordSearch {
  words: string[];
  /** What is found has this too. */
  filter: Document;
  /** What is on the page has this too: it comes after a cursor. */
  following?: Document;
  sort: Record<string, 1 | -1>;
  skip: number;
  limit: number;
  projection?: Document;
  maxTimeMS: number;
}

interface Found<D> {
  found: D[];
  /** 0 if it is not asked for. */
  total: number;
}

/** The documents with `first` by the index, and the other words in them. */
const byIndex = (first: string, words: string[]): Document[] => [
  indexed(first),
  ...words.filter((word) => word !== first).map(lookedAt),
];

const projected = ({ projection }: WordSearch): Document[] =>
  projection === undefined ? [] : [{ $project: projection }];

const counted = [{ $count: 'count' }];

interface Facets<D> {
  looked: { count: number }[];
  found: D[];
  total?: { count: number }[];
}

/**
 * The answer by the documents with one word: by the first `most` of them, or by all that match. `looked` is how many.
 */
const findByOne = async <D extends Worded & Document>(
  collection: Collection<D>,
  word: string,
  search: WordSearch,
  isCounted: boolean,
  most?: number,
): Promise<Found<WithId<D>> & { looked: number }> => {
  const { words, filter, following = {}, sort, skip, limit, maxTimeMS } = search;
  const [first = {}, ...others] = byIndex(word, words);
  const matching = allOf(...others, filter);
  const page = [{ $sort: sort }, { $skip: skip }, { $limit: limit }, ...projected(search)];
  const stages = [
    ...(most === undefined ? [{ $match: allOf(first, matching) }] : [{ $match: first }, { $limit: most }]),
    {
      $facet: {
        looked: counted,
        found: [{ $match: allOf(matching, following) }, ...page],
        ...(isCounted ? { total: [{ $match: matching }, ...counted] } : {}),
      },
    },
  ];
  const [facets] = await collection.aggregate<Facets<WithId<D>>>(stages, { maxTimeMS }).toArray();
  const { looked = [], found = [], total = [] } = facets ?? {};
  return { found, total: total[0]?.count ?? 0, looked: looked[0]?.count ?? 0 };
};

/** Which share of the first documents of an order have the word. */
const shareOf = async <D extends Worded & Document>(
  collection: Collection<D>,
  word: string,
  { sort, maxTimeMS }: WordSearch,
): Promise<number> => {
  const stages = [{ $sort: sort }, { $limit: fewDocuments }, { $match: lookedAt(word) }, ...counted];
  const [found] = await collection.aggregate<{ count: number }>(stages, { maxTimeMS }).toArray();
  return (found?.count ?? 0) / fewDocuments;
};

/** The page along the order, undefined if it is neither full nor the last as soon as `share` of them would fill it. */
const findAlong = async <D extends Worded & Document>(
  collection: Collection<D>,
  search: WordSearch,
  share: number,
): Promise<WithId<D>[] | undefined> => {
  const { words, filter, following = {}, sort, skip, limit, maxTimeMS } = search;
  const left = allOf(filter, following);
  for (const times of [1.5, 15]) {
    const many = Math.ceil(((skip + limit) / share) * times);
    if (many > mostPassed) return undefined;
    const stages = [
      { $match: left },
      { $sort: sort },
      { $limit: many },
      { $match: allOf(...words.map(lookedAt)) },
      { $skip: skip },
      { $limit: limit },
      ...projected(search),
    ];
    const found = await collection.aggregate<WithId<D>>(stages, { maxTimeMS }).toArray();
    if (found.length === limit) return found;
    const passed = await collection.countDocuments(left as Filter<D>, { limit: many, maxTimeMS });
    if (passed < many) return found;
  }
  return undefined;
};

const findCommon = async <D extends Worded & Document>(
  collection: Collection<D>,
  shares: Map<string, number>,
  search: WordSearch,
  isCounted: boolean,
): Promise<Found<WithId<D>>> => {
  const { words, filter, maxTimeMS } = search;
  const [[rarest] = ['']] = [...shares].toSorted(([, one], [, other]) => one - other);
  const share = [...shares.values()].reduce((product, one) => product * one, 1);
  const found = await findAlong(collection, search, share);
  if (found === undefined) return findByOne(collection, rarest, search, isCounted);
  const matching = allOf(...byIndex(rarest, words), filter) as Filter<D>;
  return { found, total: isCounted ? await collection.countDocuments(matching, { maxTimeMS }) : 0 };
};

const search = async <D extends Worded & Document>(
  collection: Collection<D>,
  asked: WordSearch,
  isCounted: boolean,
): Promise<Found<WithId<D>>> => {
  const { words } = asked;
  if (words.length === 0) return { found: [], total: 0 };
  const common = commonWords(collection.namespace);
  const shares = new Map<string, number>();
  // The longest first: it is the rarest, as far as one can tell.
  for (const word of words.toSorted((one, other) => other.length - one.length)) {
    if (common.shareOf(word) === undefined) {
      const { looked, ...answer } = await findByOne(collection, word, asked, isCounted, fewDocuments);
      if (looked < fewDocuments) return answer;
      common.add(word, await shareOf(collection, word, asked));
    }
    shares.set(word, common.shareOf(word) ?? 0);
  }
  return findCommon(collection, shares, asked, isCounted);
};

/** A page of the documents that have all of the words. No words at all find nothing. */
export const findByWords = async <D extends Worded & Document>(
  collection: Collection<D>,
  asked: WordSearch,
): Promise<WithId<D>[]> => (await search(collection, asked, false)).found;

/** The same, and how many there are on all pages. */
export const findAndCountByWords = <D extends Worded & Document>(
  collection: Collection<D>,
  asked: WordSearch,
): Promise<Found<WithId<D>>> => search(collection, asked, true);
