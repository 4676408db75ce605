import { beforeAll, describe, expect, test } from 'vitest';
import * as z from 'zod';
import { stateStored } from '../../lib/core/stores/state-stored.ts';
import { catalogue } from '../../lib/domains.ts';
import { findTicket } from '../../lib/tickets/queries.ts';
import {
  type Ticket,
  type TicketEvent,
  ticketDecider,
  ticketEvents,
  ticketState,
} from '../../lib/tickets/ticket.ts';
import { useDatabases } from '../support/database.ts';

const databases = useDatabases();

beforeAll(() => catalogue.ensureIndexes(databases.write, databases.read));

/** Tickets as a later release has them: each has a priority. */
const laterVersion = ticketState.schema_version + 1;
const laterState = {
  schema_version: laterVersion,
  data: ticketState.data.extend({ priority: z.enum(['low', 'high']), tags: z.array(z.string()).optional() }),
  upcasts: {
    ...ticketState.upcasts,
    [ticketState.schema_version]: (data: Record<string, unknown>) => ({
      ...data,
      priority: data['subject'] === 'Fire' ? 'high' : 'low',
    }),
  },
};
type LaterTicket = z.infer<typeof laterState.data>;

describe('the document of a ticket', () => {
  const setUp = async () => {
    const options = {
      db: databases.write,
      streamType: 'Ticket',
      collection: 'tickets',
      eventTypes: ticketEvents,
    };
    const before = stateStored<Ticket | undefined, TicketEvent>({
      ...options,
      decider: ticketDecider,
      state: ticketState,
    });
    const later = stateStored<LaterTicket | undefined, TicketEvent>({
      ...options,
      decider: { initialState: undefined },
      state: laterState,
    });
    const id = `t-${Math.random()}`;
    const metadata = { command_id: 'c', correlation_id: 'c', causation_id: 'c' };
    const data = { customer_id: 'c', subject: 'Fire', message: 'Help' };
    const next: Ticket = { ...data, status: 'open', agent_note: '' };
    const from = { state: undefined, version: 0 };
    await before.append(id, { from, next, events: [{ type: 'TicketCreated', data }], metadata });
    const noted: TicketEvent = { type: 'TicketNoteReplaced', data: { note: 'n' } };
    return { before, later, id, metadata, noted };
  };
  const stored = (id: string) => databases.write.collection<{ _id: string }>('tickets').findOne({ _id: id });

  test('from before a new field was there answers with its default, and has it once it is written', async () => {
    const { later, id, metadata, noted } = await setUp();
    expect(await stored(id)).not.toHaveProperty('priority');
    const from = await later.load(id);
    expect(from).toMatchObject({ state: { priority: 'high', subject: 'Fire' }, version: 1 });
    if (from.state === undefined) throw new Error('there is a ticket');
    await later.append(id, { from, next: { ...from.state, tags: undefined }, events: [noted], metadata });
    expect(await stored(id)).toMatchObject({ priority: 'high', schema_version: laterVersion, version: 2 });
    expect(await stored(id)).not.toHaveProperty('tags');
    expect(await later.load(id)).toMatchObject({ state: { priority: 'high' }, version: 2 });
  });

  test('of a newer release is not touched after a roll-back: neither shown nor written', async () => {
    const { before, later, id, metadata, noted } = await setUp();
    const from = await later.load(id);
    if (from.state === undefined) throw new Error('there is a ticket');
    await later.append(id, { from, next: from.state, events: [noted], metadata });
    await expect(before.load(id)).rejects.toMatchObject({ code: 'unknown_state' });
    await expect(findTicket(databases.write, id)).rejects.toMatchObject({ code: 'unknown_state' });
    expect(await stored(id)).toMatchObject({ priority: 'high', schema_version: laterVersion, version: 2 });
  });

  test('without a schema version, as the first release wrote it, is read as version 1', async () => {
    const { before, id } = await setUp();
    await databases.write
      .collection<{ _id: string }>('tickets')
      .updateOne({ _id: id }, { $unset: { schema_version: true } });
    expect(await before.load(id)).toMatchObject({ state: { subject: 'Fire' }, version: 1 });
    expect(await findTicket(databases.write, id)).toMatchObject({ subject: 'Fire', version: 1 });
  });
});
