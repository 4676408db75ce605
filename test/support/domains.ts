// The domains that the survival tests run on. A further one is one entry in the table at the end.

import fc from 'fast-check';
import type { Db } from 'mongodb';
import type { CommandContext, CommandResult } from '../../lib/core/commands/handle.ts';
import type { ReadModel } from '../../lib/core/projection/projection.ts';
import type { Subscriber } from '../../lib/core/projection/subscriber.ts';
import { orderCommands } from '../../lib/orders/commands.ts';
import { orders as ordersDomain } from '../../lib/orders/domain.ts';
import type { OrderCommand } from '../../lib/orders/order.ts';
import { ordersProjector } from '../../lib/orders/projections.ts';
import { productCommands, supplierCommands } from '../../lib/products/commands.ts';
import { products as productsDomain } from '../../lib/products/domain.ts';
import { productsProjector } from '../../lib/products/projections.ts';
import { recordCommands } from '../../lib/records/commands.ts';
import { records as recordsDomain } from '../../lib/records/domain.ts';
import { recordsProjector } from '../../lib/records/projections.ts';
import { ticketCommands } from '../../lib/tickets/commands.ts';
import { tickets as ticketsDomain } from '../../lib/tickets/domain.ts';
import { ticketsProjector } from '../../lib/tickets/projections.ts';
import { type TicketCommand, ticketStatus } from '../../lib/tickets/ticket.ts';
import { openModels, openSubscriber } from './open.ts';

/** A command without the id of what it is for. */
export interface Wish {
  type: string;
  data: object;
}

/** Sends a wish to an aggregate; an id that is absent is one to be made. */
export type SendWish = (
  wish: Wish,
  id: string | undefined,
  context: CommandContext,
) => Promise<CommandResult>;

export interface TestDomain {
  name: string;
  create: fc.Arbitrary<Wish>;
  change: fc.Arbitrary<Wish>;
  commands(writeDb: Db): SendWish;
  readModels(writeDb: Db, readDb: Db): ReadModel[];
  projector(writeDb: Db, readDb: Db): Subscriber;
}

const text = fc.string({ minLength: 1, maxLength: 12 });
const amount = fc.integer({ min: 1, max: 100_000 });

const wish = (type: string, data: Record<string, fc.Arbitrary<unknown>>): fc.Arbitrary<Wish> =>
  fc.record({ type: fc.constant(type), data: fc.record(data) });

const tickets: TestDomain = {
  name: 'tickets',
  create: wish('CreateTicket', { customer_id: text, subject: text, message: text }),
  change: fc.oneof(
    wish('ChangeTicketStatus', { new_status: fc.constantFrom(...ticketStatus.options) }),
    wish('ReplaceTicketNote', { note: text }),
  ),
  commands(db) {
    const bus = ticketCommands(db);
    return ({ type, data }, id, context) =>
      bus.send({ type, data: { ...data, ...(id === undefined ? {} : { id }) } } as TicketCommand, context);
  },
  readModels: (writeDb, readDb) => openModels(ticketsDomain, writeDb, readDb),
  projector: (writeDb, readDb) => openSubscriber(ticketsProjector, writeDb, readDb),
};

const item = { product_id: text, quantity: fc.integer({ min: 1, max: 9 }), price_minor: amount };

const orders: TestDomain = {
  name: 'orders',
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
  readModels: (writeDb, readDb) => openModels(ordersDomain, writeDb, readDb),
  projector: (writeDb, readDb) => openSubscriber(ordersProjector, writeDb, readDb),
};

const records: TestDomain = {
  name: 'records',
  create: wish('WriteRecord', { value: text }),
  change: wish('WriteRecord', { value: text }),
  commands(db) {
    const bus = recordCommands(db);
    return ({ data }, id, context) => {
      const key = id ?? context.commandId;
      return bus.send({ type: 'WriteRecord', data: { value: '', ...data, key } }, context);
    };
  },
  readModels: (writeDb, readDb) => openModels(recordsDomain, writeDb, readDb),
  projector: (writeDb, readDb) => openSubscriber(recordsProjector, writeDb, readDb),
};

/** Each product has a supplier of its own, which may be renamed at any time. */
const products: TestDomain = {
  name: 'products',
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
  readModels: (writeDb, readDb) => openModels(productsDomain, writeDb, readDb),
  projector: (writeDb, readDb) => openSubscriber(productsProjector, writeDb, readDb),
};

export const domains: TestDomain[] = [tickets, orders, records, products];
