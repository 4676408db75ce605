import { beforeAll, describe, expect, test } from 'vitest';
import { searchByWords } from '../../lib/core/search/word-search.ts';
import { useDatabases } from '../support/database.ts';

const databases = useDatabases();

interface Thing {
  _id: number;
  words: string[];
  even: boolean;
}

// More of a kind than are looked at one by one, so that each way to find them is taken.
const things: Thing[] = Array.from({ length: 9_000 }, (_, n) => ({
  _id: n,
  words: [n % 3 === 0 ? 'red' : 'reed', n < 4_500 ? 'lamp' : 'chair', `sku-${n}`, n < 30 ? 'old' : 'new'],
  even: n % 2 === 0,
}));

const collection = () => databases.read.collection<Thing>('things');

const expected = (words: string[], even: boolean | undefined): number[] =>
  things
    .filter((thing) => words.every((begin) => thing.words.some((word) => word.startsWith(begin))))
    .filter((thing) => even === undefined || thing.even === even)
    .map(({ _id }) => _id);

const search = async (words: string[], even?: boolean) => {
  const found = await searchByWords(collection(), words, { maxTimeMS: 5_000 });
  const filter = even === undefined ? {} : { even };
  return {
    total: await found.count(filter),
    page: async (skip: number, limit: number, direction: 1 | -1) =>
      (await found.find(filter, { sort: { _id: direction }, skip, limit, projection: { _id: 1 } })).map(
        ({ _id }) => _id,
      ),
  };
};

beforeAll(async () => {
  await collection().insertMany(things);
  await collection().createIndex({ words: 1 });
});

describe.each([
  ['a rare word', ['sku-89']],
  ['a common word', ['re']],
  ['common words that often meet', ['red', 'lamp']],
  ['common words that meet in few', ['old', 'lamp', 'r']],
  ['common words that never meet', ['lamp', 'chair']],
  ['a common word and a rare one', ['chair', 'sku-8999']],
  ['a word that nothing has', ['re', 'x']],
  ['the beginning of every word', ['s']],
])('%s', (_, words) => {
  test.each([undefined, true])('gives what is there and no more, if even is %s', async (even) => {
    const all = expected(words, even);
    const found = await search(words, even);
    expect(found.total).toBe(all.length);
    for (const skip of [0, 25, 2_490]) {
      expect(await found.page(skip, 20, 1)).toEqual(all.slice(skip, skip + 20));
      expect(await found.page(skip, 20, -1)).toEqual(all.toReversed().slice(skip, skip + 20));
    }
  });
});

test('no words find nothing', async () => {
  const found = await search([]);
  expect([found.total, await found.page(0, 20, 1)]).toEqual([0, []]);
});

test('a page of a common word looks at few documents, and the count at the index alone', async () => {
  const db = databases.read;
  await db.command({ profile: 2 });
  const found = await search(['re']);
  await found.page(0, 20, -1);
  await db.command({ profile: 0 });
  const looked = await db
    .collection<{ docsExamined?: number }>('system.profile')
    .find({ ns: /things$/ })
    .toArray();
  expect(looked.length).toBeGreaterThan(2);
  for (const { docsExamined = 0 } of looked) expect(docsExamined).toBeLessThan(250);
});
