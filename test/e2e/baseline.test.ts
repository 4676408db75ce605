import { expect, test } from 'vitest';
import { expectProblem } from '../support/problem.ts';
import { useSystem } from '../support/system.ts';

const system = useSystem();
const http = () => system().http;

test('the baseline of tickets opens, changes and lists', async () => {
  const created = await http().post('/baseline/tickets', {
    customer_id: 'c',
    subject: 's',
    message: 'm'.repeat(90),
  });
  expect(created.status).toBe(201);
  const id = String(created.object()['id']);
  expect(created.header('location')).toBe(`/baseline/tickets/${id}`);
  await http().patch(`/baseline/tickets/${id}/status`, { new_status: 'closed' });
  await http().patch(`/baseline/tickets/${id}/note`, { note: 'called back' });
  const [row] = (await http().get('/baseline/tickets')).list();
  expect(row).toMatchObject({ id, status: 'closed', preview: 'm'.repeat(80), has_note: true });
  expect((await http().get(`/baseline/tickets/${id}`)).object()).toMatchObject({ agent_note: 'called back' });
});

test('the lists of the baseline take filters and pages', async () => {
  const open = async (subject: string) => {
    const body = { customer_id: 'c', subject, message: 'm' };
    return String((await http().post('/baseline/tickets', body)).object()['id']);
  };
  const [first, second] = [await open('first'), await open('second')];
  await http().patch(`/baseline/tickets/${first}/status`, { new_status: 'paged' });
  await http().patch(`/baseline/tickets/${second}/status`, { new_status: 'paged' });
  await http().patch(`/baseline/tickets/${first}/note`, { note: 'called back' });
  const ids = async (query: string) =>
    (await http().get(`/baseline/tickets?status=paged&${query}`)).list().map((row) => row['id']);
  expect(await ids('')).toEqual([first, second]);
  expect(await ids('limit=1')).toEqual([first]);
  expect(await ids('limit=1&skip=1')).toEqual([second]);
  expect(await ids('has_note=true')).toEqual([first]);
  expect(await ids('has_note=false')).toEqual([second]);
  await http().patch(`/baseline/tickets/${second}/note`, { note: ' ' });
  expect(await ids('has_note=false')).toEqual([second]);
  const rows = (await http().get('/baseline/tickets?status=paged')).list();
  expect(rows.map((row) => [row['id'], row['has_note']])).toEqual([
    [second, false],
    [first, true],
  ]);
  expectProblem(await http().get('/baseline/tickets?limit=101'), 400);
  expectProblem(await http().patch(`/baseline/tickets/${first}/status`, {}), 400);
  const product = { name: 'Paged', price: 1, cost_price: 1, stock: 3 };
  const made = await http().post('/baseline/products', product);
  expect((await http().get(made.header('location') ?? '')).object()).toMatchObject(product);
  expect((await http().get('/baseline/products?limit=1')).list()).toHaveLength(1);
  const after = (await http().get('/baseline/products?limit=100&skip=1')).list().length;
  expect(after).toBe((await http().get('/baseline/products?limit=100')).list().length - 1);
});

test('the baseline of products writes on every read and leaks what it cost', async () => {
  const product = { name: 'Lamp', price: 19.99, cost_price: 7.5, stock: 3, supplier_name: 'Acme' };
  const id = String((await http().post('/baseline/products', product)).object()['id']);
  await http().patch(`/baseline/products/${id}/stock`, { new_stock: 2 });
  const counts = [
    (await http().get(`/baseline/products/${id}`)).object()['view_count'],
    (await http().get(`/baseline/products/${id}`)).object()['view_count'],
  ];
  expect(counts).toEqual([1, 2]);
  expect((await http().get('/baseline/products?limit=100')).list()).toContainEqual(
    expect.objectContaining({ id, cost_price: 7.5, stock: 2, in_stock: true }),
  );
});

test('the baseline answers bad input with problems all the same', async () => {
  expectProblem(await http().post('/baseline/tickets', { subject: { $gt: '' } }), 400);
  expectProblem(await http().get('/baseline/tickets/nope'), 400);
  expectProblem(await http().get('/baseline/products/01900000-0000-7000-8000-000000000000'), 404);
  expectProblem(
    await http().patch('/baseline/products/01900000-0000-7000-8000-000000000000/stock', { new_stock: 1 }),
    404,
  );
  expectProblem(
    await http().patch('/baseline/tickets/01900000-0000-7000-8000-000000000000/note', { note: 'x' }),
    404,
  );
});
