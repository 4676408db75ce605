import { randomUUID } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { badFields, expectProblem } from '../support/problem.ts';
import { createProduct, createSupplier, lampBody, productAt } from '../support/products-http.ts';
import { useSystem } from '../support/system.ts';
import { waitFor } from '../support/wait-for.ts';

const system = useSystem();
const http = () => system().http;
const setStock = (id: string, new_stock: unknown) => http().patch(`/products/${id}/stock`, { new_stock });
const setPrice = (id: string, new_price: unknown) => http().patch(`/products/${id}/price`, { new_price });
const viewCount = async (id: string) => Number((await http().get(`/products/${id}`)).object()['view_count']);

describe('a product', () => {
  test('is created, changed and shown', async () => {
    const { id } = await createProduct(http());
    expect((await setStock(id, 0)).object()).toEqual({ id, version: 2, command_id: expect.any(String) });
    expect((await setPrice(id, 0.1)).object()).toEqual({ id, version: 3, command_id: expect.any(String) });
    expect(await productAt(http(), id, 3)).toEqual({
      id,
      name: 'Lamp',
      description: 'Bright',
      price: 0.1,
      stock: 0,
      supplier_name: 'Acme',
      view_count: 0,
      version: 3,
      updated_at: expect.stringMatching(/Z$/),
    });
    const list = await http().get(`/products?consistent_with=${id}@3&timeout_ms=5000&in_stock=false`);
    const card = { id, name: 'Lamp', price: 0.1, in_stock: false, supplier_name: 'Acme', version: 3 };
    expect(list.list().find((row) => row['id'] === id)).toEqual(card);
  });

  test('keeps its version when it is set to what it is', async () => {
    const { id } = await createProduct(http());
    expect((await setStock(id, 50)).object()).toEqual({ id, version: 1, command_id: expect.any(String) });
    expect((await setPrice(id, 19.99)).object()).toEqual({ id, version: 1, command_id: expect.any(String) });
  });

  test('needs a supplier that exists', async () => {
    const body = { ...lampBody, supplier_id: randomUUID() };
    expectProblem(await http().post('/products', body), 409);
    expectProblem(await http().post('/products', { ...body, supplier_id: 'x' }), 400);
  });

  test('shows every amount as it was given', async () => {
    const { id } = await createProduct(http());
    for (const price of [0.01, 0.07, 1, 1.1, 4.35, 64.1, 1_000_000.29, 9_999_999_999.99]) {
      const { version } = (await setPrice(id, price)).object();
      expect(await productAt(http(), id, Number(version))).toMatchObject({ price });
    }
  });

  test.each([
    '-0',
    '0',
    '-1',
    '1.001',
    '1e309',
    '9007199254740993',
    '10000000000',
    '"5"',
    'null',
    '{"$gt":0}',
    'true',
  ])('takes no price of %s', async (price) => {
    const { id } = await createProduct(http());
    const headers = { 'content-type': 'application/json' };
    const answer = await http().call('PATCH', `/products/${id}/price`, {
      body: `{"new_price":${price}}`,
      headers,
    });
    expect(badFields(expectProblem(answer, 400))).toEqual(['new_price']);
  });

  test.each(['-0', '-1', '1.5', '1000000001', '9007199254740993', '1e309', '"5"', 'null'])(
    'takes no stock of %s',
    async (stock) => {
      const { id } = await createProduct(http());
      const headers = { 'content-type': 'application/json' };
      const answer = await http().call('PATCH', `/products/${id}/stock`, {
        body: `{"new_stock":${stock}}`,
        headers,
      });
      expect(badFields(expectProblem(answer, 400))).toEqual(['new_stock']);
    },
  );

  test('takes a rename of its supplier, whenever it was created', async () => {
    const supplier = await createSupplier(http());
    const first = await createProduct(http(), {}, supplier);
    expect((await http().patch(`/suppliers/${supplier}`, { name: 'Zenith' })).object()).toMatchObject({
      version: 2,
    });
    const second = await createProduct(http(), {}, supplier);
    for (const { id } of [first, second]) {
      await waitFor(`${id} to show the new name`, async () => {
        const { supplier_name } = (await http().get(`/products/${id}?expected_version=1`)).object();
        return supplier_name === 'Zenith';
      });
    }
  });
});

describe('views of a product', () => {
  test('are counted exactly, however many come at once', async () => {
    const { id } = await createProduct(http());
    await productAt(http(), id, 1);
    const answers = await Promise.all(Array.from({ length: 60 }, () => http().post(`/products/${id}/views`)));
    for (const answer of answers) {
      expect(answer.status).toBe(202);
      expect(answer.object()).toEqual({ id, command_id: expect.stringMatching(/./) });
    }
    await waitFor('sixty views', async () => (await viewCount(id)) >= 60);
    expect(await viewCount(id)).toBe(60);
  });

  test('do not make a change fail that insists on what was just read', async () => {
    const { id } = await createProduct(http());
    const etag =
      (await http().get(`/products/${id}?expected_version=1&timeout_ms=5000`)).header('etag') ?? '';
    await http().post(`/products/${id}/views`);
    await waitFor('the view', async () => (await viewCount(id)) === 1);
    expect((await http().get(`/products/${id}`)).object()).toMatchObject({ view_count: 1, version: 1 });
    const changed = await http().patch(`/products/${id}/stock`, { new_stock: 1 }, { 'if-match': etag });
    expect(changed.object()).toMatchObject({ id, version: 2 });
    const history = (await http().get(`/products/${id}/history`)).list();
    expect(history.map(({ type, version }) => [type, version])).toEqual([
      ['ProductCreated', 1],
      ['StockUpdated', 2],
    ]);
  });

  test('are part of what was at an instant', async () => {
    const { id } = await createProduct(http());
    const before = new Date().toISOString();
    await http().post(`/products/${id}/views`);
    await waitFor('the view', async () => (await viewCount(id)) === 1);
    const at = (instant: string) => http().get(`/products/${id}?as_of=${instant}`);
    expect((await at(before)).object()).toMatchObject({ view_count: 0 });
    expect((await at('2999-01-01T00:00:00Z')).object()).toMatchObject({ view_count: 1 });
  });

  test('with one Idempotency-Key are one view, and the retry says that it is one', async () => {
    const [one, other] = [(await createProduct(http())).id, (await createProduct(http())).id];
    const headers = { 'idempotency-key': randomUUID(), 'x-correlation-id': 'a-look' };
    const view = (id: string) => http().call('POST', `/products/${id}/views`, { headers });
    const answers = [await view(one), await view(one), await view(one)];
    expect(new Set(answers.map((answer) => answer.object()['command_id'])).size).toBe(1);
    expect(answers.map((answer) => answer.header('idempotency-replayed'))).toEqual([
      undefined,
      'true',
      'true',
    ]);
    expectProblem(await view(other), 422);
    expectProblem(await http().post('/suppliers', { name: 'Acme' }, headers), 422);
    await waitFor('the view', async () => (await viewCount(one)) > 0);
    const rows = system().write.collection('events');
    const counted = await rows.find({ stream_id: `ProductViews-${one}` }).toArray();
    expect(counted).toMatchObject([{ data: { count: 1 }, metadata: { correlation_id: 'a-look' } }]);
  });

  test('of a product that does not exist are no dead letter', async () => {
    const answer = await http().post(`/products/${randomUUID()}/views`);
    expect(answer.status).toBe(202);
    const { id } = await createProduct(http());
    await http().post(`/products/${id}/views`);
    await waitFor('the view', async () => (await viewCount(id)) === 1);
    const letters = await system().queue('products-commands-dlq');
    expect(await letters.depth()).toBe(0);
  });

  test('take no body, and no promise of a version', async () => {
    const { id } = await createProduct(http());
    expectProblem(await http().post(`/products/${id}/views`, { count: 5 }), 400);
    expectProblem(await http().post(`/products/${id}/views`, undefined, { 'if-match': '"1"' }), 400);
    expectProblem(await http().post('/products/x/views'), 400);
  });
});

describe('what was', () => {
  test('is told by the history, page by page', async () => {
    const { id } = await createProduct(http());
    await setStock(id, 5);
    await setPrice(id, 4.35);
    const first = await http().get(`/products/${id}/history?limit=2`);
    expect(first.list().map(({ type }) => type)).toEqual(['ProductCreated', 'StockUpdated']);
    const next = /<([^>]+)>; rel="next"/.exec(first.header('link') ?? '')?.[1] ?? '';
    expect((await http().get(next)).list()).toEqual([
      {
        type: 'PriceChanged',
        version: 3,
        recorded_at: expect.stringMatching(/Z$/),
        data: { from: 19.99, to: 4.35 },
        correlation_id: expect.stringMatching(/./),
      },
    ]);
    expectProblem(await http().get(`/products/${randomUUID()}/history`), 404);
  });

  test('is shown as of an instant, and was not there before', async () => {
    const { id } = await createProduct(http());
    await setStock(id, 5);
    const [made] = (await http().get(`/products/${id}/history`)).list();
    const at = String(made?.['recorded_at']);
    expect((await http().get(`/products/${id}?as_of=${at}`)).object()).toMatchObject({
      version: 1,
      stock: 50,
    });
    expectProblem(await http().get(`/products/${id}?as_of=2020-01-01T00:00:00Z`), 404);
    expectProblem(await http().get(`/products/${id}?as_of=yesterday`), 400);
  });

  test('is in the audit log, which pages by cursor', async () => {
    const { id } = await createProduct(http());
    await setStock(id, 5);
    const log = (query: string) => http().get(`/audit-log?consistent_with=${id}@2&timeout_ms=5000&${query}`);
    const first = (await log(`product_id=${id}&limit=1`)).object();
    expect(first['items']).toMatchObject([
      { product_id: id, type: 'StockUpdated', data: { from: 50, to: 5 } },
    ]);
    const rest = (await log(`product_id=${id}&limit=1&after=${first['next_cursor']}`)).object();
    expect(rest['items']).toMatchObject([{ product_id: id, type: 'ProductCreated', version: 1 }]);
    expect(rest['next_cursor']).toBeNull();
  });
});

describe('a list of products', () => {
  test('finds the beginnings of words, whatever their case, and takes all else for text', async () => {
    const { id } = await createProduct(http(), { name: 'Straßen-Laterne (50% off)' });
    const found = async (q: string) => {
      const path = `/products?q=${encodeURIComponent(q)}&consistent_with=${id}@1&timeout_ms=5000`;
      return (await http().get(path)).list().map((row) => row['id']);
    };
    for (const q of ['STRASS', 'lat', 'off straß', '50%', '(50']) expect(await found(q), q).toEqual([id]);
    for (const q of ['terne', '500', '.*', 'straß.n', ',;', '$where']) expect(await found(q), q).toEqual([]);
  });

  test('shows the new name of a supplier to who has just given it', async () => {
    const supplier = await createSupplier(http());
    const ids = await Promise.all([1, 2, 3].map(async () => (await createProduct(http(), {}, supplier)).id));
    for (const id of ids) await productAt(http(), id, 1);
    for (let version = 2; version < 8; version += 1) {
      const name = `Zenith ${version}`;
      await http().patch(`/suppliers/${supplier}`, { name });
      const list = await http().get(`/products?consistent_with=${supplier}@${version}&timeout_ms=5000`);
      expect(list.header('warning')).toBeUndefined();
      const rows = list.list().filter((row) => ids.includes(String(row['id'])));
      expect(rows.map((row) => row['supplier_name'])).toEqual([name, name, name]);
    }
  });
});

test.each(['/alerts/low-stock', '/audit-log', '/products'])(
  'GET %s waits for no event that it has no use for',
  async (path) => {
    const { id } = await createProduct(http());
    await setPrice(id, 1);
    const answer = await http().get(`${path}?consistent_with=${id}@2&timeout_ms=5000`);
    expect([answer.status, answer.header('warning')]).toEqual([200, undefined]);
    const later = await http().get(`${path}?consistent_with=${id}@99&timeout_ms=50`);
    expect(later.header('warning')).toBe('110 - "Response is Stale"');
  },
);

test('low stock raises one alert, which is closed above the threshold', async () => {
  const { id } = await createProduct(http());
  const alerts = async (version: number) => {
    const path = `/alerts/low-stock?limit=100&consistent_with=${id}@${version}&timeout_ms=5000`;
    return (await http().get(path)).list().filter(({ product_id }) => product_id === id);
  };
  await setStock(id, 5);
  expect(await alerts(2)).toMatchObject([{ product_id: id, name: 'Lamp', stock: 5, threshold: 10 }]);
  await setStock(id, 3);
  expect(await alerts(3)).toMatchObject([{ stock: 3 }]);
  await setStock(id, 11);
  expect(await alerts(4)).toEqual([]);
  const closed = await http().get('/alerts/low-stock?state=closed&limit=100');
  const mine = closed.list().filter(({ product_id }) => product_id === id);
  expect(mine).toMatchObject([{ closed_at: expect.stringMatching(/Z$/), stock: 11 }]);
  await setStock(id, 2);
  await alerts(5);
  const rows: unknown[] = [];
  let next: string | undefined = '/alerts/low-stock?state=all&limit=1';
  while (next !== undefined) {
    const page: Awaited<ReturnType<ReturnType<typeof http>['get']>> = await http().get(next);
    rows.push(...page.list().map((row) => row['id']));
    next = /<([^>]+)>; rel="next"/.exec(page.header('link') ?? '')?.[1];
  }
  const all = (await http().get('/alerts/low-stock?state=all&limit=100')).list();
  expect(rows).toEqual(all.map((row) => row['id']));
  expectProblem(await http().get('/alerts/low-stock?state=ajar'), 400);
  expectProblem(await http().get('/alerts/low-stock?after=nowhere'), 400);
});

test('a poisoned subscriber leaves the others current', async () => {
  const poison = await system().queue('products-audit-log');
  const batch = Array.from({ length: 10 }, (_, n) => poison.send(`{"event_id":"poison-${n}"}`));
  await Promise.all(batch);
  const { id } = await createProduct(http());
  await setStock(id, 5);
  expect(await productAt(http(), id, 2)).toMatchObject({ stock: 5, version: 2 });
  const alerts = await http().get(`/alerts/low-stock?limit=100&consistent_with=${id}@2&timeout_ms=5000`);
  expect(alerts.list().map(({ product_id }) => product_id)).toContain(id);
  const log = await http().get(`/audit-log?product_id=${id}&consistent_with=${id}@2&timeout_ms=5000`);
  expect(log.object()['items']).toHaveLength(2);
});

const numbersIn = (value: unknown): number[] => {
  if (typeof value === 'number') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(numbersIn) : [];
};
const isCost = (value: number) => value === 7.53 || value === 753;

test('no query ever shows a cost price or the id of a supplier', async () => {
  const { id, supplier_id } = await createProduct(http(), { cost_price: 7.53, stock: 50 });
  await setStock(id, 5);
  await http().patch(`/suppliers/${supplier_id}`, { name: 'Zenith' });
  await http().post(`/products/${id}/views`);
  await waitFor('the view', async () => (await viewCount(id)) === 1);
  const at = new Date().toISOString();
  for (const path of [
    `/products?consistent_with=${id}@2&timeout_ms=5000`,
    '/products?q=lamp',
    '/products?in_stock=true',
    `/products/${id}`,
    `/products/${id}?as_of=${at}`,
    `/products/${id}?expected_version=99&timeout_ms=50`,
    `/products/${id}/history`,
    `/audit-log?consistent_with=${id}@2&timeout_ms=5000&product_id=${id}`,
    `/audit-log?type=ProductCreated`,
    `/alerts/low-stock?consistent_with=${id}@2&timeout_ms=5000`,
  ]) {
    const answer = await http().get(path);
    expect(answer.status, path).toBe(200);
    expect(answer.text, path).toContain('Lamp');
    expect(answer.text, path).not.toMatch(/cost|supplier_id/);
    expect(numbersIn(answer.json()).filter(isCost), path).toEqual([]);
    expect(answer.text, path).not.toContain(supplier_id);
  }
});

test('a replay is safe to run on a log that has all', async () => {
  const { id } = await createProduct(http());
  await http().get(`/audit-log?consistent_with=${id}@1&timeout_ms=5000`);
  const answer = await system().invoke('replay', { subscription: 'products-audit-log', from: 0 });
  expect(answer).toMatchObject({ subscription: 'products-audit-log', applied: 0, failed: 0, done: true });
  await expect(system().invoke('replay', { subscription: 'nobody' })).rejects.toThrow('no subscription');
});

test.each(['q=%ff', 'q=%C3%28', 'q=%'])('%s is no text to search for', async (query) => {
  expectProblem(await http().get(`/products?${query}`), 400);
});
