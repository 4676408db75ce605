import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Subscriber } from '../../lib/core/projection/subscriber.ts';
import { catalogue } from '../../lib/domains.ts';
import { inlineProjection } from '../../lib/platform/inline-projection.ts';
import { productCommands } from '../../lib/products/commands.ts';
import type { ProductEvent } from '../../lib/products/product.ts';
import { productsProjector } from '../../lib/products/projections.ts';
import { findProduct } from '../../lib/products/queries.ts';
import { ticketCommands } from '../../lib/tickets/commands.ts';
import { ticketsProjector } from '../../lib/tickets/projections.ts';
import { findTicketView } from '../../lib/tickets/queries.ts';
import type { TicketEvent } from '../../lib/tickets/ticket.ts';
import { useDatabases } from '../support/database.ts';
import { openSubscriber } from '../support/open.ts';
import { allEvents, lampFields, productsOn } from '../support/products.ts';

const db = useDatabases();
beforeAll(() => catalogue.ensureIndexes(db.write, db.read));

const context = () => ({ commandId: randomUUID(), correlationId: 'inline' });
const ofTickets = (
  mode: string,
  projector: Subscriber = openSubscriber(ticketsProjector, db.write, db.read),
) =>
  ticketCommands(
    db.write,
    inlineProjection<TicketEvent>('tickets', { ...ticketsProjector, create: () => projector }, mode),
  );
const ofProducts = (mode: string) =>
  productCommands(
    db.write,
    inlineProjection<ProductEvent>(
      'products',
      { ...productsProjector, create: () => openSubscriber(productsProjector, db.write, db.read) },
      mode,
    ),
  );
const ticket = {
  type: 'CreateTicket',
  data: { customer_id: 'c', subject: 'Printer', message: 'It burns.' },
} as const;

describe('where PROJECTION_MODE is inline', () => {
  test.each(['inline', 'tickets=inline', 'products=async,tickets=inline'])(
    'a ticket is in the list before its command answers (%s)',
    async (mode) => {
      const { id } = await ofTickets(mode).send(ticket, context());
      expect(await findTicketView(db.read, id)).toMatchObject({ version: 1 });
    },
  );

  test('a product is there before its command answers', async () => {
    const supplier_id = await productsOn(db.write).createSupplier();
    const data = { ...lampFields, supplier_id };
    const bus = ofProducts('products=inline');
    const { id } = await bus.send({ type: 'CreateProduct', data }, context());
    expect(await findProduct(db.read, id)).toMatchObject({ version: 1, stock: 50 });
    await bus.send({ type: 'UpdateStock', data: { id, new_stock: 5 } }, context());
    expect(await findProduct(db.read, id)).toMatchObject({ version: 2, stock: 5 });
  });

  test('what the queue brings afterwards changes nothing', async () => {
    const { id } = await ofTickets('inline').send(ticket, context());
    const events = (await allEvents(db.write)).filter(({ stream_id }) => stream_id === `Ticket-${id}`);
    expect(events).toHaveLength(1);
    const outcome = await openSubscriber(ticketsProjector, db.write, db.read).apply(events);
    expect(outcome).toMatchObject({ applied: [], duplicates: 1 });
  });

  test('a command succeeds also when its projection does not, and the queue still brings it', async () => {
    const broken: Subscriber = {
      name: 'tickets-projector',
      apply: async () => {
        throw new Error('the read database is away');
      },
      findMissing: async () => [],
    };
    const { id, version } = await ofTickets('inline', broken).send(ticket, context());
    expect(version).toBe(1);
    expect(await findTicketView(db.read, id)).toBeUndefined();
    const row = await db.write.collection('events').findOne({ stream_id: `Ticket-${id}` });
    expect(row).toMatchObject({ pending: true });
  });
});

test.each(['async', 'tickets=async', 'products=inline'])(
  'a ticket waits for the queue where the mode is %s',
  async (mode) => {
    const { id } = await ofTickets(mode).send(ticket, context());
    expect(await findTicketView(db.read, id)).toBeUndefined();
  },
);
