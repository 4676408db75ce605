// The search of products, for words that few of them have and words that all have, as they come.
import { handler } from '../../../functions/products/queries.ts';
import { cardsCollection } from '../../../lib/products/projections.ts';
import { againstDriver } from '../against-driver.ts';
import type { Part } from '../context.ts';
import type { Row } from '../report.ts';
import { ask, requestOf } from '../requests.ts';

const limit = 20;
const atOnce = 5_000;

const rareWord = (index: number): string => `lamp${index % 1_000}x`;

const cardOf = (index: number) => ({
  _id: `01900000-0000-7000-8000-${index.toString(16).padStart(12, '0')}`,
  name: `Common ${rareWord(index)}`,
  price_minor: 1_999,
  in_stock: true,
  words: ['common', rareWord(index)],
  supplier_id: 'supplier',
  supplier_name: 'Supplier',
  supplier_version: 1,
  version: 1,
  schema_version: 2,
  updated_at: new Date(index),
});

export const run: Part = async ({ readDb, order }) => {
  const many = order.full ? 300_000 : 30_000;
  const cards = readDb.collection<ReturnType<typeof cardOf>>(cardsCollection);
  for (let from = 0; from < many; from += atOnce)
    await cards.insertMany(
      Array.from({ length: atOnce }, (_, n) => cardOf(from + n)),
      { ordered: false, writeConcern: { w: 1, journal: false } },
    );
  const ours = (q: string) => ask(handler, requestOf('GET /products', { query: { q } }));
  const bare = (q: string) =>
    cards
      .find({ $and: q.split(' ').map((word) => ({ words: new RegExp(`^${word}`) })) })
      .sort({ _id: -1 })
      .limit(limit + 1)
      .toArray();
  const anyRare = (): string => rareWord(Math.floor(Math.random() * 1_000));
  // One after the other: a plan that the database keeps for the one is the wrong one for the other.
  const any = (): string => (Math.random() < 0.5 ? 'common' : anyRare());
  const both = (): string => `common ${anyRare()}`;
  const compared = [
    {
      what: `search of ${many.toLocaleString('en')} products for a word that few have, or all, in turn`,
      ours: () => ours(any()),
      bare: () => bare(any()),
    },
    {
      what: 'for two words, one that few have and one that all have',
      ours: () => ours(both()),
      bare: () => bare(both()),
    },
  ];
  const rows: Row[] = [];
  for (const one of compared) rows.push(await againstDriver(order.rounds, one));
  return rows;
};
