// The orders in the tests of the machine.
import fc from 'fast-check';
import { orderCommands } from '../../../lib/orders/commands.ts';
import { orders } from '../../../lib/orders/domain.ts';
import type { OrderCommand } from '../../../lib/orders/order.ts';
import { pages, versioned } from '../endpoints.ts';
import { amount, type TestEntry, text, wish } from '../test-domain.ts';

const item = { product_id: text, quantity: fc.integer({ min: 1, max: 9 }), price_minor: amount };

const line = { product_id: 'p-1', quantity: 2, price: 19.99 };
const order = {
  path: '/orders',
  body: {
    customer_id: 'c-1',
    items: [line],
    shipping_address: { line1: 'Main Street 5', city: 'Bonn', country: 'DE' },
  },
};

export const entry: TestEntry = {
  domain: orders,
  create: wish('CreateOrder', {
    customer_id: text,
    items: fc.array(fc.record(item), { minLength: 1, maxLength: 3 }),
    shipping_address: fc.record(
      { line1: text, city: text, country: fc.constantFrom('DE', 'FR'), postal_code: text },
      { requiredKeys: ['line1', 'city', 'country'] },
    ),
  }),
  change: fc.oneof(
    { weight: 6, arbitrary: wish('AddOrderItem', item) },
    { weight: 1, arbitrary: wish('ShipOrder', {}) },
    { weight: 1, arbitrary: wish('CancelOrder', { reason: text }) },
  ),
  commands(db, options) {
    const bus = orderCommands(db, options);
    return ({ type, data }, id, context) =>
      bus.send({ type, data: { ...data, ...(id === undefined ? {} : { id }) } } as OrderCommand, context);
  },
  http: {
    kinds: [
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
        history: {
          path: (id) => `/orders/${id}/history`,
          create: () => ({ method: 'POST', ...order }),
          change: (id) => ({ method: 'POST', path: `/orders/${id}/items`, body: { ...line, price: 0.29 } }),
          shows: [
            ['OrderCreated', order.body],
            ['OrderItemAdded', { ...line, price: 0.29 }],
          ],
        },
      },
    ],
    readAt: (id, version) => `/orders/${id}?expected_version=${version}`,
    commands: [
      { method: 'POST', ...order },
      { method: 'POST', path: '/orders/{id}/items', body: line, given: order },
      { method: 'DELETE', path: '/orders/{id}', body: { reason: 'too late' }, given: order },
    ],
    queries: [
      {
        path: '/orders/search',
        numbers: pages,
        words: ['status', 'sort_by', 'sort_order', 'consistent_with', 'min_total', 'max_total'],
        instants: ['from', 'to'],
        searches: ['q'],
      },
      { path: '/orders/{id}', given: order, numbers: versioned },
      { path: '/customers/c-1/orders', numbers: pages, words: ['status', 'consistent_with'] },
    ],
  },
};
