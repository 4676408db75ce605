import { randomUUID } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { expectProblem } from '../support/problem.ts';
import { createProduct } from '../support/products-http.ts';
import { useSystem } from '../support/system.ts';

const system = useSystem();
const http = () => system().http;

const created = async (path: string, body: object): Promise<string> => {
  const answer = await http().post(path, body, { 'x-correlation-id': 'a-story' });
  expect(answer.status, answer.text).toBe(201);
  return String(answer.object()['id']);
};

const address = { line1: 'Main Street 5', city: 'Bonn', country: 'DE' };
const item = { product_id: 'p-1', quantity: 2, price: 0.29 };

/** Each kind of aggregate: what it is made of, a change, and what its history shows of both. */
const kinds = [
  {
    path: (id: string) => `/tickets/${id}/history`,
    create: () => created('/tickets', { customer_id: 'c', subject: 's', message: 'm' }),
    change: (id: string) => http().patch(`/tickets/${id}/note`, { note: 'called back' }),
    shows: [
      ['TicketCreated', { customer_id: 'c', subject: 's', message: 'm' }],
      ['TicketNoteReplaced', { note: 'called back' }],
    ],
  },
  {
    path: (id: string) => `/orders/${id}/history`,
    create: () => created('/orders', { customer_id: 'c', items: [item], shipping_address: address }),
    change: (id: string) => http().post(`/orders/${id}/items`, item),
    shows: [
      ['OrderCreated', { customer_id: 'c', items: [item], shipping_address: address }],
      ['OrderItemAdded', item],
    ],
  },
  {
    path: (id: string) => `/suppliers/${id}/history`,
    create: () => created('/suppliers', { name: 'Acme' }),
    change: (id: string) => http().patch(`/suppliers/${id}`, { name: 'Zenith' }),
    shows: [
      ['SupplierCreated', { name: 'Acme' }],
      ['SupplierRenamed', { from: 'Acme', to: 'Zenith' }],
    ],
  },
  {
    path: (id: string) => `/products/${id}/history`,
    create: async () => (await createProduct(http())).id,
    change: (id: string) => http().patch(`/products/${id}/price`, { new_price: 4.35 }),
    shows: [
      [
        'ProductCreated',
        { name: 'Lamp', description: 'Bright', price: 19.99, stock: 50, supplier_name: 'Acme' },
      ],
      ['PriceChanged', { from: 19.99, to: 4.35 }],
    ],
  },
  {
    path: (key: string) => `/history/${encodeURIComponent(key)}`,
    create: () => created('/write', { key: `a/key ${randomUUID()}`, value: 'one' }),
    change: (key: string) => http().post('/write', { key, value: 'two' }),
    shows: [
      ['RecordWritten', { value: 'one' }],
      ['RecordWritten', { value: 'two' }],
    ],
  },
] as const;

describe.each(kinds.map((kind) => [kind.path('{id}'), kind] as const))('GET %s', (_, kind) => {
  test('tells each event in order, by pages, with who asked for it', async () => {
    const id = await kind.create();
    await kind.change(id);
    const all = (await http().get(kind.path(id))).list();
    expect(all.map(({ type, data }) => [type, data])).toEqual(kind.shows);
    expect(all.map(({ version }) => version)).toEqual([1, 2]);
    for (const event of all) {
      expect(Object.keys(event).toSorted()).toEqual([
        'correlation_id',
        'data',
        'recorded_at',
        'type',
        'version',
      ]);
      expect(event['recorded_at']).toEqual(expect.stringMatching(/Z$/));
    }
    const first = await http().get(`${kind.path(id)}?limit=1`);
    expect(first.list()).toEqual(all.slice(0, 1));
    const next = /<([^>]+)>; rel="next"/.exec(first.header('link') ?? '')?.[1] ?? '';
    expect(next).toContain('after_version=1');
    const second = await http().get(next);
    expect(second.list()).toEqual(all.slice(1));
    expect(second.header('link')).toBeUndefined();
    expect((await http().get(`${kind.path(id)}?after_version=2`)).list()).toEqual([]);
  });

  test('knows no history of what does not exist', async () => {
    expectProblem(await http().get(kind.path(randomUUID())), 404);
    expectProblem(await http().get(`${kind.path(randomUUID())}?limit=0`), 400);
  });
});

test('a ticket whose old events are gone has a history without them', async () => {
  const id = await created('/tickets', { customer_id: 'c', subject: 's', message: 'm' });
  await system()
    .write.collection('events')
    .deleteMany({ stream_id: `Ticket-${id}` });
  expect((await http().get(`/tickets/${id}/history`)).list()).toEqual([]);
});
