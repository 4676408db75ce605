import * as fc from 'fast-check';
import { beforeAll, expect, test } from 'vitest';
import { findAndCountByWords, findByWords, wordsIndex } from '../../lib/core/search/word-search.ts';
import { useDatabases } from '../support/database.ts';

const databases = useDatabases();

interface Thing {
  _id: number;
  words: string[];
  even: boolean;
}

const odd = ['c++', '(x', 'z\ud7ffy', 'z\ue000', '😀x', 'red.', '^', '$in'];

// More of a kind than are looked at one by one, so that each way to find them is taken.
const things: Thing[] = Array.from({ length: 9_000 }, (_, n) => ({
  _id: n,
  words: [
    n % 3 === 0 ? 'red' : 'reed',
    n < 4_500 ? 'lamp' : 'chair',
    `sku-${n}`,
    n < 30 ? 'old' : 'new',
    ...(n % 500 === 0 ? odd : []),
  ],
  even: n % 2 === 0,
}));

const collection = () => databases.read.collection<Thing>('things');

beforeAll(async () => {
  await collection().createIndex(wordsIndex.keys);
  await collection().insertMany(things);
});

const asked = fc.record({
  words: fc.uniqueArray(
    fc.oneof(
      {
        weight: 4,
        arbitrary: fc.constantFrom('r', 're', 'red', 'reed', 'lamp', 'chair', 'new', 's', 'sku-'),
      },
      { weight: 2, arbitrary: fc.constantFrom('old', 'x', 'sku-89', 'sku-8999', 'rede') },
      { weight: 1, arbitrary: fc.constantFrom(...odd, 'c', 'z\ud7ff', 'z', '😀', '.', '.*', 're|x') },
    ),
    { minLength: 1, maxLength: 3 },
  ),
  even: fc.option(fc.boolean(), { nil: undefined }),
  after: fc.option(fc.integer({ min: 0, max: things.length }), { nil: undefined }),
  direction: fc.constantFrom<1 | -1>(1, -1),
  skip: fc.constantFrom(0, 0, 25, 2_490),
  limit: fc.constantFrom(1, 20, 101),
});

type Asked = typeof asked extends fc.Arbitrary<infer A> ? A : never;

const search = ({ words, even, after, direction, skip, limit }: Asked) => ({
  words,
  filter: even === undefined ? {} : { even },
  following: after === undefined ? {} : { _id: { [direction === 1 ? '$gt' : '$lt']: after } },
  sort: { _id: direction },
  skip,
  limit,
  projection: { _id: 1 },
  maxTimeMS: 5_000,
});

const expected = ({ words, even, after, direction, skip, limit }: Asked) => {
  const all = things
    .filter((thing) => words.every((begin) => thing.words.some((word) => word.startsWith(begin))))
    .filter((thing) => even === undefined || thing.even === even)
    .map(({ _id }) => _id);
  const ordered = direction === 1 ? all : all.toReversed();
  const following = ordered.filter((id) => after === undefined || (id - after) * direction > 0);
  return { total: all.length, page: following.slice(skip, skip + limit) };
};

test('gives what is there and no more, whatever words, filter, page and order are asked for', async () => {
  await fc.assert(
    fc.asyncProperty(asked, async (one) => {
      const { total, page } = expected(one);
      const counted = await findAndCountByWords(collection(), search(one));
      expect({ total: counted.total, page: counted.found.map(({ _id }) => _id) }).toEqual({ total, page });
      const found = await findByWords(collection(), search(one));
      expect(found.map(({ _id }) => _id)).toEqual(page);
    }),
    { numRuns: 100 },
  );
});

const first = { direction: -1, skip: 0, limit: 20, even: undefined, after: undefined } as const;

test('no words find nothing', async () => {
  expect(await findAndCountByWords(collection(), search({ ...first, words: [] }))).toEqual({
    found: [],
    total: 0,
  });
});

const whatIsLookedAt = async (work: () => Promise<unknown>): Promise<number[]> => {
  const db = databases.read;
  await db.command({ profile: 2 });
  await work();
  await db.command({ profile: 0 });
  const profile = db.collection<{ docsExamined?: number }>('system.profile');
  const looked = await profile.find({ ns: /things$/ }).toArray();
  await profile.drop();
  return looked.map(({ docsExamined = 0 }) => docsExamined);
};

test('a rare word is looked for once, in the documents that have it', async () => {
  const words = ['sku-89', 'lamp', 'red'];
  const looked = await whatIsLookedAt(() => findAndCountByWords(collection(), search({ ...first, words })));
  expect(looked).toEqual([111]);
});

test.each([
  ['first', undefined],
  ['last', 10],
])(
  'the %s page of a word that was found common looks at few documents, its total at the index alone',
  async (_, after) => {
    const again = () => findAndCountByWords(collection(), search({ ...first, words: ['re'], after }));
    await again();
    const looked = await whatIsLookedAt(again);
    expect(looked.length).toBeGreaterThan(1);
    for (const many of looked) expect(many).toBeLessThan(50);
  },
);

test('a word that has become rare since it was found common is found all the same', async () => {
  const fading = databases.read.collection<Thing>('fading');
  await fading.createIndex(wordsIndex.keys);
  await fading.insertMany(things);
  const words = ['lamp'];
  await findAndCountByWords(fading, search({ ...first, words }));
  await fading.deleteMany({ _id: { $gte: 10 } });
  const { found, total } = await findAndCountByWords(fading, search({ ...first, words }));
  expect([total, found.length]).toEqual([10, 10]);
});
