// What callers do during a soak, for each domain: something is created, then changed again and again.

export interface Call {
  method: 'POST' | 'PATCH' | 'DELETE';
  path: string;
  body: object | undefined;
}

export interface Domain {
  name: string;
  /** Undefined while `known` has nothing of the domain that is needed for it. `n` is a new number each time. */
  create(n: number, known: (domain: string) => string | undefined): Call | undefined;
  /** `n` makes nearly each of these change something. */
  changes: ((id: string, n: number) => Call)[];
}

export const domains: Domain[] = [
  {
    name: 'tickets',
    create: (n) => ({
      method: 'POST',
      path: '/tickets',
      body: { customer_id: `c-${n % 7}`, subject: `Subject ${n}`, message: `Message ${n}` },
    }),
    changes: [
      (id, n) => ({ method: 'PATCH', path: `/tickets/${id}/note`, body: { note: `note ${n}` } }),
      (id, n) => ({ method: 'POST', path: `/tickets/${id}/note`, body: { note: `again ${n}` } }),
    ],
  },
  {
    name: 'suppliers',
    create: (n) => ({ method: 'POST', path: '/suppliers', body: { name: `Supplier ${n}` } }),
    changes: [(id, n) => ({ method: 'PATCH', path: `/suppliers/${id}`, body: { name: `Renamed ${n}` } })],
  },
  {
    name: 'products',
    create: (n, known) => {
      const supplier = known('suppliers');
      if (supplier === undefined) return undefined;
      const prices = { price: (n + 100) / 100, cost_price: 0.5 };
      return {
        method: 'POST',
        path: '/products',
        body: { name: `Product ${n}`, ...prices, stock: n, supplier_id: supplier },
      };
    },
    changes: [
      // To and fro across the threshold of low stock.
      (id, n) => ({
        method: 'PATCH',
        path: `/products/${id}/stock`,
        body: { new_stock: n % 3 === 0 ? n % 10 : n + 20 },
      }),
      (id, n) => ({ method: 'PATCH', path: `/products/${id}/price`, body: { new_price: (n + 100) / 100 } }),
      (id) => ({ method: 'POST', path: `/products/${id}/views`, body: undefined }),
    ],
  },
  {
    name: 'orders',
    create: (n) => ({
      method: 'POST',
      path: '/orders',
      body: {
        customer_id: `c-${n % 5}`,
        shipping_address: { line1: `${n} Long Street`, city: 'Springfield', country: 'US' },
        items: [{ product_id: `p-${n % 11}`, quantity: 1 + (n % 3), price: 9.99 }],
      },
    }),
    changes: [
      (id, n) => ({
        method: 'POST',
        path: `/orders/${id}/items`,
        body: { product_id: `p-${n % 11}`, quantity: 1, price: 0.01 },
      }),
    ],
  },
  {
    name: 'records',
    create: (n) => ({ method: 'POST', path: '/write', body: { key: `key-${n}`, value: `value ${n}` } }),
    changes: [(id, n) => ({ method: 'POST', path: '/write', body: { key: id, value: `value ${n}` } })],
  },
];
