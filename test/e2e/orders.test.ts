import { describe, expect, test } from 'vitest';
import { badFields, expectProblem } from '../support/problem.ts';
import { useSystem } from '../support/system.ts';

const system = useSystem();
const http = () => system().http;

const item = { product_id: 'SKU-12', quantity: 3, price: 0.1 };
const shippingAddress = { line1: 'Hauptstraße 5', postal_code: '50667', city: 'Köln', country: 'DE' };
const orderBody = { customer_id: 'c-1', items: [item], shipping_address: shippingAddress };

const createOrder = async (fields: object = {}): Promise<string> => {
  const answer = await http().post('/orders', { ...orderBody, ...fields });
  expect(answer.status, answer.text).toBe(201);
  return String(answer.object()['order_id']);
};

const cancel = (id: string) => http().call('DELETE', `/orders/${id}?reason=late`);
const addItem = (id: string, fields: object = {}) =>
  http().post(`/orders/${id}/items`, { ...item, ...fields });

describe('an order', () => {
  test('is created and read at once by who asks for its version', async () => {
    const created = await http().post('/orders', orderBody);
    const { id, order_id, version } = created.object();
    expect([created.status, version, order_id]).toEqual([201, 1, id]);
    expect(created.header('location')).toBe(`/orders/${id}`);
    expect(created.header('etag')).toMatch(/^"1-/);
    const read = await http().get(`/orders/${id}?expected_version=1&timeout_ms=5000`);
    expect(read.object()).toEqual({
      order_id: id,
      customer_id: 'c-1',
      status: 'created',
      total_amount: 0.3,
      item_count: 1,
      items: [item],
      shipping_address: shippingAddress,
      created_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      shipped_at: null,
      cancelled_at: null,
      cancel_reason: null,
      version: 1,
    });
  });

  test.each([{ items: [] }, { items: undefined }])('is refused without items: %j', async (fields) => {
    const answer = await http().post('/orders', { ...orderBody, ...fields });
    const problem = expectProblem(answer, 400);
    expect(problem['detail']).toContain('Order must have at least one item');
    expect(problem['errors']).toEqual([{ path: 'items', message: 'Order must have at least one item' }]);
  });

  test('names every bad field, those of an item with its place', async () => {
    const items = [item, { ...item, price: 1.005 }, { ...item, quantity: 0, colour: 'red' }];
    const problem = expectProblem(
      await http().post('/orders', { ...orderBody, customer_id: ' ', items }),
      400,
    );
    const paths = (problem['errors'] as { path: string }[]).map(({ path }) => path);
    expect(paths.toSorted()).toEqual(['customer_id', 'items.1.price', 'items.2.colour', 'items.2.quantity']);
  });

  test('takes items, is shipped, and changes no more', async () => {
    const id = await createOrder();
    const added = await addItem(id, { product_id: 'p 2', quantity: 1_000_000, price: 0.29 });
    expect([added.status, added.object()]).toEqual([
      200,
      { id, order_id: id, version: 2, status: 'item_added', command_id: expect.any(String) },
    ]);
    const shipped = await http().post(`/orders/${id}/ship`);
    expect([shipped.status, shipped.object()]).toEqual([
      200,
      { id, order_id: id, version: 3, status: 'shipped', command_id: expect.any(String) },
    ]);
    expectProblem(await addItem(id), 409);
    expectProblem(await cancel(id), 409);
    const read = (await http().get(`/orders/${id}?expected_version=3&timeout_ms=5000`)).object();
    expect(read).toMatchObject({ status: 'shipped', total_amount: 290_000.3, item_count: 2, version: 3 });
    expect(read['shipped_at']).toEqual(expect.stringMatching(/Z$/));
  });

  test('is cancelled with a reason in the query or in the body, once', async () => {
    const id = await createOrder();
    expectProblem(await http().call('DELETE', `/orders/${id}`), 400);
    const answers = [
      await cancel(id),
      await http().call('DELETE', `/orders/${id}`, { body: { reason: 'again' } }),
    ];
    for (const answer of answers) {
      expect([answer.status, answer.object()]).toEqual([
        200,
        { id, order_id: id, version: 2, status: 'cancelled', command_id: expect.any(String) },
      ]);
    }
    expectProblem(await addItem(id), 409);
    expectProblem(await http().post(`/orders/${id}/ship`), 409);
    const read = (await http().get(`/orders/${id}?expected_version=2&timeout_ms=5000`)).object();
    expect(read).toMatchObject({ status: 'cancelled', cancel_reason: 'late', version: 2 });
    expect(read['cancelled_at']).toEqual(expect.stringMatching(/Z$/));
  });

  test.each([
    ['Hauptstraße 5, Köln', 'shipping_address'],
    [{ ...shippingAddress, city: undefined }, 'shipping_address.city'],
    [{ ...shippingAddress, country: 'Germany' }, 'shipping_address.country'],
    [{ ...shippingAddress, line2: null }, 'shipping_address.line2'],
    [{ ...shippingAddress, planet: 'Earth' }, 'shipping_address.planet'],
  ])('is refused with the address %j', async (refused, path) => {
    const answer = await http().post('/orders', { ...orderBody, shipping_address: refused });
    expect(badFields(expectProblem(answer, 400))).toEqual([path]);
  });

  test('is told to be stale if its version has not come, and missing if there is none', async () => {
    const id = await createOrder();
    const stale = await http().get(`/orders/${id}?expected_version=99&timeout_ms=1000`);
    expect(stale.object()).toMatchObject({ _warning: 'Data may be stale', version: 1 });
    expect(stale.header('warning')).toBe('110 - "Response is Stale"');
    const nobody = '01900000-0000-7000-8000-000000000000';
    const missing = await http().get(`/orders/${nobody}?expected_version=1&timeout_ms=0`);
    expectProblem(missing, 404);
    expect(missing.header('retry-after')).toMatch(/^\d+$/);
    expectProblem(await http().post(`/orders/${nobody}/ship`), 404);
  });

  test('is created once for one key, and shipped only at the version that If-Match names', async () => {
    const key = { 'idempotency-key': 'create-once' };
    const [one, other] = await Promise.all([
      http().post('/orders', orderBody, key),
      http().post('/orders', orderBody, key),
    ]);
    expect(one?.object()).toEqual(other?.object());
    const id = one?.object()['id'];
    expectProblem(await http().post(`/orders/${id}/ship`, undefined, { 'if-match': '"7"' }), 412);
    expect((await http().post(`/orders/${id}/ship`, undefined, { 'if-match': '"1"' })).status).toBe(200);
  });
});

describe("a customer's orders", () => {
  test('are listed newest first, with totals, and with the order just created', async () => {
    const customer = 'a/b ?ü';
    const ids: string[] = [];
    for (let index = 0; index < 5; index += 1) ids.push(await createOrder({ customer_id: customer }));
    await cancel(ids[0] ?? '');
    const base = `/customers/${encodeURIComponent(customer)}/orders`;
    const seen = `consistent_with=${ids[0]}@2&timeout_ms=5000`;
    const all = (await http().get(`${base}?page_size=2&${seen}`)).object();
    expect(all).toMatchObject({ total: 5, page: 1, page_size: 2, total_pages: 3 });
    const pages = await Promise.all([1, 2, 3].map((page) => http().get(`${base}?page=${page}&page_size=2`)));
    const rows = pages.flatMap((page) => page.object()['items'] as { order_id: string }[]);
    expect(rows.map((row) => row.order_id)).toEqual(ids.toReversed());
    const open = (await http().get(`${base}?status=created&consistent_with=${ids[4]}@1`)).object();
    expect(open['total']).toBe(4);
  });

  test('are none for a customer who has none', async () => {
    const answer = await http().get('/customers/nobody/orders');
    expect(answer.object()).toEqual({ items: [], total: 0, page: 1, page_size: 20, total_pages: 0 });
    expectProblem(await http().get('/customers/nobody/orders?page_size=101'), 400);
  });
});

describe('the search', () => {
  test('finds an order by the words of its address, and is never taken for an order', async () => {
    const id = await createOrder({
      shipping_address: { line1: 'Elbphilharmonie', city: 'Hamburg', country: 'DE' },
    });
    const answer = await http().get(`/orders/search?q=HAMB%20elb&consistent_with=${id}@1&timeout_ms=5000`);
    expect(answer.object()).toMatchObject({ total: 1, items: [{ order_id: id }] });
    expectProblem(await http().get('/orders/search'), 400);
  });

  test.each(['(a+)+$', '.*', '{"$gt":""}', `${'a'.repeat(190)}!`, 'x'.repeat(5_000)])(
    'answers «%.12s» at once',
    async (q) => {
      const started = performance.now();
      const answer = await http().get(`/orders/search?q=${encodeURIComponent(q)}`);
      if (answer.status !== 200) expectProblem(answer, 400);
      expect(performance.now() - started).toBeLessThan(2_000);
    },
  );
});

test('a rebuild by name gives back what was lost', async () => {
  const id = await createOrder();
  const before = (await http().get(`/orders/${id}?expected_version=1&timeout_ms=5000`)).object();
  await system().read.collection('order_views').deleteMany({});
  expect(await system().invoke('rebuild', { projection: 'orders' })).toMatchObject({
    projection: 'orders',
    removed: 0,
    done: true,
  });
  expect((await http().get(`/orders/${id}`)).object()).toEqual(before);
});
