// The products in the survival tests.
import fc from 'fast-check';
import { productCommands, supplierCommands } from '../../../lib/products/commands.ts';
import { products } from '../../../lib/products/domain.ts';
import { amount, type SurvivalEntry, text, wish } from '../test-domain.ts';

/** Each product has a supplier of its own, which may be renamed at any time. */
export const entry: SurvivalEntry = {
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
  commands(db) {
    const bus = productCommands(db);
    const suppliers = supplierCommands(db);
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
};
