// The products in the tests of the machine.
import fc from 'fast-check';
import { productCommands, supplierCommands } from '../../../lib/products/commands.ts';
import { products } from '../../../lib/products/domain.ts';
import { paging } from '../endpoints.ts';
import { amount, type TestEntry, text, wish } from '../test-domain.ts';

const lamp = { name: 'Lamp', description: 'Bright', price: 19.99, stock: 50 };
const supplier = { path: '/suppliers', body: { name: 'Acme' } };
const { skip: _, ...cursors } = paging;

/** Each product has a supplier of its own, which may be renamed at any time. */
export const entry: TestEntry = {
  domain: products,
  create: wish('CreateProduct', {
    name: text,
    description: text,
    price_minor: amount,
    cost_price_minor: amount,
    stock: fc.nat(20),
  }),
  change: fc.oneof(
    wish('UpdateStock', { new_stock: fc.nat(20) }),
    wish('ChangePrice', { new_price_minor: amount }),
    wish('RenameSupplier', { name: text }),
  ),
  commands(db, options) {
    const bus = productCommands(db, options);
    const suppliers = supplierCommands(db, options);
    const supplierOf = new Map<string, string>();
    return async ({ type, data }, id, context) => {
      if (id === undefined) {
        const own = { commandId: `${context.commandId}-supplier`, correlationId: context.correlationId };
        const supplier = await suppliers.send({ type: 'CreateSupplier', data: { name: 'First' } }, own);
        const created = await bus.send(
          { type, data: { ...data, supplier_id: supplier.id } } as Parameters<typeof bus.send>[0],
          context,
        );
        supplierOf.set(created.id, supplier.id);
        return created;
      }
      if (type === 'RenameSupplier') {
        const renamed = { name: '', ...data, id: supplierOf.get(id) ?? '' };
        return suppliers.send({ type: 'RenameSupplier', data: renamed }, context);
      }
      return bus.send({ type, data: { ...data, id } } as Parameters<typeof bus.send>[0], context);
    };
  },
  http: {
    kinds: [
      {
        name: 'suppliers',
        create: (n) => ({ method: 'POST', path: '/suppliers', body: { name: `Supplier ${n}` } }),
        changes: [(id, n) => ({ method: 'PATCH', path: `/suppliers/${id}`, body: { name: `Renamed ${n}` } })],
        history: {
          path: (id) => `/suppliers/${id}/history`,
          create: () => ({ method: 'POST', ...supplier }),
          change: (id) => ({ method: 'PATCH', path: `/suppliers/${id}`, body: { name: 'Zenith' } }),
          shows: [
            ['SupplierCreated', { name: 'Acme' }],
            ['SupplierRenamed', { from: 'Acme', to: 'Zenith' }],
          ],
        },
      },
      {
        name: 'products',
        create: (n, known) => {
          const supplier_id = known('suppliers');
          if (supplier_id === undefined) return undefined;
          const prices = { price: (n + 100) / 100, cost_price: 0.5 };
          return {
            method: 'POST',
            path: '/products',
            body: { name: `Product ${n}`, ...prices, stock: n, supplier_id },
          };
        },
        changes: [
          // To and fro across the threshold of low stock.
          (id, n) => ({
            method: 'PATCH',
            path: `/products/${id}/stock`,
            body: { new_stock: n % 3 === 0 ? n % 10 : n + 20 },
          }),
          (id, n) => ({
            method: 'PATCH',
            path: `/products/${id}/price`,
            body: { new_price: (n + 100) / 100 },
          }),
          (id) => ({ method: 'POST', path: `/products/${id}/views`, body: undefined }),
        ],
        history: {
          path: (id) => `/products/${id}/history`,
          create: (known) => {
            const body = { ...lamp, cost_price: 7.53, supplier_id: known('suppliers') };
            return { method: 'POST', path: '/products', body };
          },
          change: (id) => ({ method: 'PATCH', path: `/products/${id}/price`, body: { new_price: 4.35 } }),
          shows: [
            ['ProductCreated', { ...lamp, supplier_name: 'Acme' }],
            ['PriceChanged', { from: 19.99, to: 4.35 }],
          ],
        },
      },
    ],
    readAt: (id, version) => `/products/${id}?expected_version=${version}`,
    commands: [
      { method: 'POST', ...supplier },
      { method: 'PATCH', path: '/suppliers/{id}', body: { name: 'Zenith' }, given: supplier },
    ],
    queries: [
      { path: '/products', numbers: paging, words: ['in_stock', 'consistent_with'], searches: ['q'] },
      {
        path: '/audit-log',
        numbers: cursors,
        words: ['type', 'after', 'consistent_with'],
        instants: ['from', 'to'],
      },
      { path: '/alerts/low-stock', numbers: paging, words: ['state', 'after', 'consistent_with'] },
    ],
  },
};
