// The search of orders, a page and the exact number of all that are found: for words that few orders have, and for words
// that a third or more of them have.
import { handler } from '../../../functions/orders/queries.ts';
import { streamId } from '../../../lib/core/events.ts';
import { listed } from '../../../lib/orders/answers.ts';
import { type OrderDocument, orderDocuments, orderProjection } from '../../../lib/orders/projections.ts';
import { againstDriver } from '../against-driver.ts';
import type { Part } from '../context.ts';
import type { Row } from '../report.ts';
import { ask, requestOf } from '../requests.ts';

const limit = 20;
const atOnce = 5_000;
const newest = { created_at: -1, _id: -1 } as const;
const cities = ['Berlin', 'Hamburg', 'Köln'];
const streets = ['Garden', 'Mill', 'Station'];

const product = (index: number): string => `SKU-${1_000 + (index % 1_000)}`;

const orderOf = (index: number) => {
  const id = `01900000-0000-7000-8000-${index.toString(16).padStart(12, '0')}`;
  const at = new Date(1_700_000_000_000 + index * 1_000);
  const line1 = `${streets[Math.floor(index / 3) % 3]} Street ${index % 200}`;
  const content: OrderDocument = orderProjection.evolve(undefined, {
    type: 'OrderCreated',
    data: {
      customer_id: `customer-${10_000 + (index % 3_000)}`,
      items: [index, index * 7 + 1].map((one) => ({
        product_id: product(one),
        quantity: 1,
        price_minor: 1_999,
      })),
      shipping_address: {
        line1,
        city: cities[index % 3] ?? '',
        postal_code: `${index % 5_000}`,
        country: 'DE',
      },
    },
    event_id: id,
    stream_id: streamId('Order', id),
    stream_type: 'Order',
    version: 1,
    schema_version: 2,
    metadata: { command_id: id, correlation_id: id, causation_id: id },
    recorded_at: at,
  });
  return { _id: id, ...content, version: 1, schema_version: orderProjection.schemaVersion, updated_at: at };
};

export const run: Part = async ({ readDb, order }) => {
  const many = order.full ? 300_000 : 30_000;
  const orders = orderDocuments(readDb);
  for (let from = 0; from < many; from += atOnce)
    await orders.insertMany(
      Array.from({ length: atOnce }, (_, n) => orderOf(from + n)),
      { ordered: false, writeConcern: { w: 1, journal: false } },
    );
  const ours = (q: string) => ask(handler, requestOf('GET /orders/search', { query: { q } }));
  const bare = (q: string) => {
    const filter = { $and: q.split(' ').map((word) => ({ words: new RegExp(`^${word}`) })) };
    const page = orders.find(filter, { projection: listed, sort: newest, limit: limit + 1 });
    return Promise.all([page.toArray(), orders.countDocuments(filter)]);
  };
  const anyProduct = (): string => product(Math.floor(Math.random() * 1_000)).toLowerCase();
  const compared = [
    {
      what: `search of ${many.toLocaleString('en')} orders for a word that few have, with the number of all`,
      q: anyProduct,
    },
    { what: 'for two words, one that few have and one that a third has', q: () => `berlin ${anyProduct()}` },
    { what: 'for a word that a third has, 1 caller', q: () => 'berlin', callers: 1 },
    {
      what: 'for three words that a third or more have, 1 caller',
      q: () => 'berlin mill street',
      callers: 1,
    },
  ];
  const rows: Row[] = [];
  for (const { q, ...one } of compared)
    rows.push(await againstDriver(order.rounds, { ...one, ours: () => ours(q()), bare: () => bare(q()) }));
  return rows;
};
