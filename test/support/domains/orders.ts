// The orders in the survival tests.
import fc from 'fast-check';
import { orderCommands } from '../../../lib/orders/commands.ts';
import { orders } from '../../../lib/orders/domain.ts';
import type { OrderCommand } from '../../../lib/orders/order.ts';
import { amount, type SurvivalEntry, text, wish } from '../test-domain.ts';

const item = { product_id: text, quantity: fc.integer({ min: 1, max: 9 }), price_minor: amount };

export const entry: SurvivalEntry = {
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
  commands(db) {
    const bus = orderCommands(db);
    return ({ type, data }, id, context) =>
      bus.send({ type, data: { ...data, ...(id === undefined ? {} : { id }) } } as OrderCommand, context);
  },
};
