import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import { expectProblem } from '../support/problem.ts';
import { createProduct } from '../support/products-http.ts';
import { useSystem } from '../support/system.ts';
import { waitFor } from '../support/wait-for.ts';

const system = useSystem();
const http = () => system().http;

const create = async (name: string) => {
  const answer = await http().post('/suppliers', { name });
  expect(answer.status, answer.text).toBe(201);
  const location = answer.header('location') ?? '';
  // Each supplier is projected by itself: one that came later may be in the list before.
  expect((await http().get(`${location}?expected_version=1&timeout_ms=5000`)).status).toBe(200);
  return { id: String(answer.object()['id']), location };
};

test('a supplier can be fetched where its Location says, and shows its new name', async () => {
  const { id, location } = await create('Acme');
  const first = await http().get(`${location}?expected_version=1&timeout_ms=5000`);
  expect(first.object()).toEqual({
    id,
    name: 'Acme',
    product_count: 0,
    version: 1,
    updated_at: expect.stringMatching(/Z$/),
  });
  await http().patch(`/suppliers/${id}`, { name: 'Zenith' });
  const second = await http().get(`${location}?expected_version=2&timeout_ms=5000`);
  expect(second.object()).toMatchObject({ name: 'Zenith', version: 2 });
  expectProblem(await http().get(`/suppliers/${randomUUID()}`), 404);
  expectProblem(await http().get('/suppliers/nobody'), 400);
});

test('the products of a supplier are counted exactly, also after duplicates, renames and a rebuild', async () => {
  const { id } = await create('Acme');
  const made = await Promise.all(Array.from({ length: 12 }, () => createProduct(http(), {}, id)));
  await http().patch(`/suppliers/${id}`, { name: 'Zenith' });
  const count = async () => Number((await http().get(`/suppliers/${id}`)).object()['product_count']);
  await waitFor('twelve products', async () => (await count()) === made.length);
  for (const product of made) await http().patch(`/products/${product.id}/stock`, { new_stock: 1 });
  await system().invoke('replay', { subscription: 'products-projector', from: 0 });
  expect(await count()).toBe(12);
  await system().read.collection('product_cards').deleteMany({ supplier_id: id });
  await system().invoke('rebuild', { projection: 'product-cards' });
  expect(await count()).toBe(12);
});

test('the list shows each product that its caller has just created in the count', async () => {
  const { id } = await create('Counted');
  for (let products = 1; products < 6; products += 1) {
    const product = await createProduct(http(), {}, id);
    const list = await http().get(`/suppliers?q=count&consistent_with=${product.id}@1&timeout_ms=5000`);
    expect(list.header('warning')).toBeUndefined();
    expect(list.list()).toMatchObject([{ id, product_count: products }]);
  }
});

test('suppliers are listed newest first, by pages and by the beginnings of words', async () => {
  const ids: string[] = [];
  for (const name of ['Paged One', 'Paged Two', 'Paged Three']) ids.push((await create(name)).id);
  const seen = `consistent_with=${ids[2]}@1&timeout_ms=5000`;
  const listed = async (query: string) => {
    const answer = await http().get(`/suppliers?${query}&${seen}`);
    return { ids: answer.list().map((row) => row['id']), link: answer.header('link') };
  };
  expect((await listed('limit=3')).ids).toEqual(ids.toReversed());
  expect((await listed('q=PAG%20t')).ids).toEqual([ids[2], ids[1]]);
  const first = await listed('q=paged&limit=2');
  expect(first.ids).toEqual([ids[2], ids[1]]);
  const next = /<([^>]+)>; rel="next"/.exec(first.link ?? '')?.[1] ?? '';
  expect((await http().get(next)).list().map((row) => row['id'])).toEqual([ids[0]]);
  expectProblem(await http().get('/suppliers?limit=101'), 400);
});
