import { beforeAll, expect, test } from 'vitest';
import { listParked, unpark } from '../../lib/core/relay/parked.ts';
import type { Publisher } from '../../lib/core/relay/publish.ts';
import { runRelay } from '../../lib/core/relay/relay.ts';
import { measureDrift } from '../../lib/core/repair/rebuild.ts';
import { eventRows } from '../../lib/core/stores/event-rows.ts';
import { removeOldEvents } from '../../lib/core/stores/retention.ts';
import { catalogue } from '../../lib/domains.ts';
import { orderCommands } from '../../lib/orders/commands.ts';
import { ticketCommands } from '../../lib/tickets/commands.ts';
import { tickets } from '../../lib/tickets/domain.ts';
import { useDatabases } from '../support/database.ts';
import { openModels } from '../support/open.ts';
import { address } from '../support/orders.ts';

const databases = useDatabases();
const context = () => ({ commandId: crypto.randomUUID(), correlationId: 'c' });
const takesAll: Publisher = { send: async () => ({ refused: new Map() }) };
const refuses: Publisher = {
  send: async (_, messages) => ({
    refused: new Map(messages.map(({ id }) => [id, 'InvalidMessageContents'])),
  }),
};

/** Relays until nothing is to be done within a moment. */
const relay = (publisher: Publisher, until: () => boolean): Promise<number> => {
  const stop = performance.now() + 20_000;
  let batches = 0;
  return runRelay({
    db: databases.write,
    publisher,
    subscriptionsOf: () => ['any'],
    maxAttempts: 1,
    owner: crypto.randomUUID(),
    batchSize: 100,
    pollMs: 20,
    leaseMs: 1_000,
    timeLeftMs: () => (batches > 0 && until() ? 0 : stop - performance.now()),
    onBatch: () => {
      batches += 1;
    },
  });
};

const removeOld = (retentionMs: number): Promise<number> =>
  removeOldEvents({
    writeDb: databases.write,
    readDb: databases.read,
    streamTypes: catalogue.stateStoredTypes,
    commandLogs: catalogue.commandLogs,
    upTo: Number.MAX_SAFE_INTEGER,
    retentionMs,
    timeLeftMs: () => 60_000,
  });

const createTicket = (subject: string) =>
  ticketCommands(databases.write).send(
    { type: 'CreateTicket', data: { customer_id: 'c', subject, message: 'm' } },
    context(),
  );

beforeAll(() => catalogue.ensureIndexes(databases.write, databases.read));

test('old events of tickets go, those of orders and all that is pending stay', async () => {
  const { id } = await createTicket('old');
  const items = [{ product_id: 'p', quantity: 1, price_minor: 100 }];
  const order = { customer_id: 'c', shipping_address: address(), items };
  await orderCommands(databases.write).send({ type: 'CreateOrder', data: order }, context());
  await relay(takesAll, () => true);
  expect(await removeOld(60_000)).toBe(0);
  await createTicket('pending');
  expect(await removeOld(-60_000)).toBe(1);
  const left = await eventRows(databases.write).find().sort({ _id: 1 }).toArray();
  expect(left.map(({ type, pending }) => [type, pending === true])).toEqual([
    ['OrderCreated', false],
    ['TicketCreated', true],
  ]);
  const note = { type: 'ReplaceTicketNote', data: { id, note: 'still here' } } as const;
  expect(await ticketCommands(databases.write).send(note, context())).toMatchObject({ version: 2 });
  const [model] = openModels(tickets, databases.write, databases.read);
  if (model === undefined) throw new Error('tickets have a read model');
  const drift = await measureDrift(model, { db: databases.read, timeLeftMs: () => 60_000 });
  expect(drift).toMatchObject({ scanned: 2, missing: 2, failed: 0 });
});

test('an event that was refused for good is listed with its reason, and flows once it is put back', async () => {
  await relay(takesAll, () => true);
  await createTicket('refused');
  await relay(refuses, () => true);
  const [parked] = await listParked(databases.write, 10);
  expect(parked).toMatchObject({ type: 'TicketCreated', error: 'any: InvalidMessageContents' });
  expect(await unpark(databases.write, ['of-another'])).toBe(0);
  expect(await unpark(databases.write, [parked?.event_id ?? ''])).toBe(1);
  expect(await relay(takesAll, () => true)).toBe(1);
  expect(await listParked(databases.write, 10)).toEqual([]);
});
