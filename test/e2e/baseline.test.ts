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
  await http().patch(`/baseline/tickets/${id}/status`, { new_status: 'closed' });
  await http().patch(`/baseline/tickets/${id}/note`, { note: 'called back' });
  const [row] = (await http().get('/baseline/tickets')).list();
  expect(row).toMatchObject({ id, status: 'closed', preview: 'm'.repeat(80), has_note: true });
  expect((await http().get(`/baseline/tickets/${id}`)).object()).toMatchObject({ agent_note: 'called back' });
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
  expect((await http().get('/baseline/products')).list()).toContainEqual(
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
});
