// The search of products, for a rare word and for one that all have.
import { handler } from '../../../functions/products/queries.ts';
import { cardViewsCollection } from '../../../lib/products/projections.ts';
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
  const cards = readDb.collection<ReturnType<typeof cardOf>>(cardViewsCollection);
  for (let from = 0; from < many; from += atOnce)
    await cards.insertMany(
      Array.from({ length: atOnce }, (_, n) => cardOf(from + n)),
      { ordered: false, writeConcern: { w: 1, journal: false } },
    );
  const ours = (q: string) => ask(handler, requestOf('GET /products', { query: { q } }));
  const bare = (word: string) =>
    cards
      .find({ words: new RegExp(`^${word}`) })
      .sort({ _id: -1 })
      .limit(limit + 1)
      .toArray();
  const anyRare = (): string => rareWord(Math.floor(Math.random() * 1_000));
  const compared = [
    {
      what: `search for a word that few of ${many.toLocaleString('en')} products have`,
      ours: () => ours(anyRare()),
      bare: () => bare(anyRare()),
    },
    { what: 'for a word that all of them have', ours: () => ours('common'), bare: () => bare('common') },
  ];
  const rows: Row[] = [];
  for (const one of compared) rows.push(await againstDriver(order.rounds, one));
  return rows;
};
