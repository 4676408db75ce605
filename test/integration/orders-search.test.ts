import { beforeAll, describe, expect, test } from 'vitest';
import { ensureIndexes } from '../../lib/core/indexes.ts';
import { fold } from '../../lib/core/projection/projection.ts';
import { orders } from '../../lib/orders/domain.ts';
import { customerFilter, getCustomerOrders, searchOrders } from '../../lib/orders/list-queries.ts';
import type { OrderItem } from '../../lib/orders/order.ts';
import { orderDocuments, orderProjection, sortFields } from '../../lib/orders/projections.ts';
import { orderQueries } from '../../lib/orders/queries.ts';

import { parseInput } from '../../lib/platform/parse-input.ts';
import { queryContext } from '../support/context.ts';
import { useDatabases } from '../support/database.ts';
import { openModels } from '../support/open.ts';
import { address, orderItem } from '../support/orders.ts';

const databases = useDatabases();
const idOf = (index: number) => `01900000-0000-7000-8000-${String(index).padStart(12, '0')}`;

const document = (
  index: number,
  { line1 = 'Nowhere', ...fields }: { customer_id?: string; items?: OrderItem[]; line1?: string } = {},
) =>
  fold(orderProjection, undefined, {
    type: 'OrderCreated',
    data: {
      customer_id: `c-${index % 3}`,
      items: [orderItem()],
      shipping_address: address({ line1 }),
      ...fields,
    },
    event_id: String(index),
    stream_id: `Order-${idOf(index)}`,
    stream_type: 'Order',
    version: 1,
    schema_version: 2,
    metadata: { command_id: 'c', correlation_id: 'c', causation_id: 'c' },
    // Many orders of one instant: only the id tells them apart.
    recorded_at: new Date(Date.UTC(2026, 0, 1, 0, 0, Math.floor(index / 25))),
  });

const searchPage = async (parameters: Record<string, string>) => {
  const data = parseInput(searchOrders.input, parameters);
  return await orderQueries(databases.read).send({ type: 'SearchOrders', data }, queryContext);
};

const search = async (parameters: Record<string, string>) => (await searchPage(parameters)).body;

const customerPage = async (parameters: Record<string, string>) => {
  const data = parseInput(getCustomerOrders.input, parameters);
  return await orderQueries(databases.read).send({ type: 'GetCustomerOrders', data }, queryContext);
};

/** Follows the links from page to page. */
const walk = async (ask: typeof searchPage, parameters: Record<string, string>) => {
  const pages = [];
  let next: Record<string, string> | undefined = {};
  while (next !== undefined) {
    const page: Awaited<ReturnType<typeof searchPage>> = await ask({ ...parameters, ...next });
    pages.push(page.body);
    next = page.next;
  }
  return pages;
};

const found = async (q: string, more: Record<string, string> = {}) =>
  (await search({ q, ...more })).items.map(({ order_id }) => order_id);

beforeAll(async () => {
  const [model] = openModels(orders, databases.write, databases.read);
  await ensureIndexes(databases.read, model?.indexes ?? []);
  const bulk = Array.from({ length: 250 }, (_, index) =>
    document(index, { line1: 'Bulk Road 1', items: [orderItem({ price_minor: index % 5 })] }),
  );
  const special = [
    document(901, { customer_id: 'ACME-1', line1: 'Hauptstraße 5, Köln' }),
    document(902, { items: [orderItem({ product_id: 'SKU-12' }), orderItem({ product_id: 'SKU-13' })] }),
    document(903, { items: [orderItem({ product_id: 'SKU-2' })], line1: '12 SKU Square' }),
    document(904, { line1: 'Dock .* left' }),
  ];
  await databases.read.collection('order_views').insertMany([...bulk, ...special] as never[]);
});

describe('a search', () => {
  test('finds an order by its id, its customer, a product and the words of its address', async () => {
    expect(await found(idOf(901))).toEqual([idOf(901)]);
    expect(await found('acme-1')).toEqual([idOf(901)]);
    expect(await found('sku-13')).toEqual([idOf(902)]);
    expect(await found('koln HAUPTSTRASSE')).toEqual([idOf(901)]);
    expect(await found('Hauptstraße 5, Köln')).toEqual([idOf(901)]);
  });

  test('wants every word, and takes the beginning of each', async () => {
    expect(await found('sku-12 sku-13')).toEqual([idOf(902)]);
    expect(await found('sku-12 sku-2')).toEqual([]);
    expect(await found('sku-1')).toEqual([idOf(902)]);
    expect(await found('SKU')).toEqual([idOf(903), idOf(902)]);
    expect(await found('acm haup')).toEqual([idOf(901)]);
    expect(await found('cme')).toEqual([]);
    expect(await found(',;')).toEqual([]);
  });

  test.each(['(a+)+$', '.+', '^', '\\', '[', '{"$gt":""}', '$where', 'x'.repeat(200), '%00'])(
    'takes «%.10s» for text and answers at once',
    async (q) => {
      const started = performance.now();
      expect(await found(q)).toEqual([]);
      expect(performance.now() - started).toBeLessThan(1_000);
    },
  );

  test('finds a pattern that stands as text', async () => {
    expect(await found('.*')).toEqual([idOf(904)]);
  });

  test.each(['', '   ', 'x'.repeat(201), 'x'.repeat(5_000)])('refuses «%.10s»', (q) => {
    expect(() => parseInput(searchOrders.input, { q })).toThrow(
      expect.objectContaining({ code: 'invalid_input' }),
    );
  });

  test('filters by status, total and time', async () => {
    const total = async (more: Record<string, string>) => (await search({ q: 'bulk', ...more })).total;
    expect(await total({ status: 'created' })).toBe(250);
    expect(await total({ status: 'shipped' })).toBe(0);
    expect(await total({ min_total: '0.03' })).toBe(100);
    expect(await total({ min_total: '0.01', max_total: '0.02' })).toBe(100);
    expect(await total({ from: '2026-01-01T00:00:09Z' })).toBe(25);
    expect(await total({ from: '2026-01-01T02:00:01+02:00', to: '2026-01-01T00:00:02Z' })).toBe(50);
  });

  const orders = Object.keys(sortFields).flatMap((sort_by) => [
    { sort_by, sort_order: 'asc' },
    { sort_by, sort_order: 'desc' },
  ]);

  test.each(orders)('shows each order on one page, sorted by $sort_by $sort_order', async (order) => {
    const pages = await Promise.all(
      [1, 2, 3, 4].map((page) => search({ q: 'road', ...order, page: String(page), page_size: '77' })),
    );
    const rows = pages.flatMap(({ items }) => items);
    expect(pages.map(({ total, total_pages }) => [total, total_pages])).toEqual(Array(4).fill([250, 4]));
    expect(new Set(rows.map(({ order_id }) => order_id)).size).toBe(250);
    const keyed = rows.map((row) => ({
      key: row[order.sort_by as keyof typeof sortFields],
      id: row.order_id,
    }));
    const sorted = keyed.toSorted((a, b) => {
      const sign = order.sort_order === 'asc' ? 1 : -1;
      const byKey = a.key < b.key ? -1 : a.key > b.key ? 1 : 0;
      return sign * (byKey || (a.id < b.id ? -1 : 1));
    });
    expect(keyed).toEqual(sorted);
    const walked = await walk(searchPage, { q: 'road', ...order, page_size: '77' });
    expect(walked).toEqual(pages);
  });

  test('refuses a cursor that is none, and takes one of another order for a place in this one', async () => {
    expect(() => parseInput(searchOrders.input, { q: 'road', after: 'x' })).toThrow(/cursor/);
    const after = `7.${idOf(1)}`;
    for (const order of orders) expect((await search({ q: 'road', ...order, after })).total).toBe(250);
  });
});

describe("a customer's list", () => {
  test('is newest first, whole over its pages, and another customer has no part in it', async () => {
    const list = async (page: number) =>
      (await customerPage({ id: 'c-1', page: String(page), page_size: '30' })).body;
    const first = await list(1);
    const pages = await Promise.all(Array.from({ length: first.total_pages }, (_, index) => list(index + 1)));
    const rows = pages.flatMap(({ items }) => items);
    expect(new Set(rows.map((row) => row.order_id)).size).toBe(first.total);
    expect(rows.every((row) => row.customer_id === 'c-1')).toBe(true);
    const times = rows.map((row) => row.created_at.getTime());
    expect(times).toEqual(times.toSorted((a, b) => b - a));
    expect(await list(first.total_pages + 1)).toMatchObject({ items: [], total: first.total });
    expect(await walk(customerPage, { id: 'c-1', page_size: '30' })).toEqual(pages);
  });

  test.each([{}, { status: 'created' }])('walks an index with %j', async (more) => {
    const data = parseInput(getCustomerOrders.input, { id: 'c-1', ...more });
    const plan = await orderDocuments(databases.read)
      .find(customerFilter(data))
      .sort({ created_at: -1, _id: -1 })
      .explain('queryPlanner');
    const winning = JSON.stringify(plan['queryPlanner'].winningPlan);
    expect(winning).toContain('IXSCAN');
    expect(winning).not.toMatch(/"COLLSCAN"|"SORT"/);
  });
});

test('pages have numbers up to the last that may be asked for, and go on by the cursor behind it', async () => {
  const { next: second } = await customerPage({ id: 'c-1', page_size: '1' });
  expect(second).toMatchObject({ page: '2', after: expect.any(String) });
  const last = await customerPage({
    id: 'c-1',
    page_size: '1',
    after: String(second?.['after']),
    page: '1000',
  });
  expect(last.body).toMatchObject({ page: 1_000, items: [{ customer_id: 'c-1' }] });
  expect(last.next).toMatchObject({ page: '1000', after: expect.any(String) });
  expect(last.next?.['after']).not.toBe(second?.['after']);
});

test.each([getCustomerOrders, searchOrders])(
  '$type shows a version of an order as soon as its document has it, and not before',
  async ({ hasReached }) => {
    const at = (id: string, version: number) => hasReached?.({ id, version }, { readDb: databases.read });
    expect(await Promise.all([at(idOf(1), 0), at(idOf(1), 1), at(idOf(1), 2)])).toEqual([true, true, false]);
    expect(await at(idOf(999), 1)).toBe(false);
  },
);
