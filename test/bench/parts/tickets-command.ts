// A command on a ticket, called as Lambda calls it, against the same two documents in one transaction by the driver.
import { randomUUID } from 'node:crypto';
import { v7 as uuidv7 } from 'uuid';
import { handler } from '../../../functions/tickets/commands.ts';
import { likewiseIndexed, type Part } from '../context.ts';
import { inTurn, load, ratioOf, spreadOf } from '../measure.ts';
import { both, type Row } from '../report.ts';
import { contextOf, requestOf } from '../requests.ts';

// Short and many: the machine's disk has slow seconds.
const roundMs = 250;
const roundsEach = 8;
const body = {
  customer_id: 'customer-1',
  subject: 'The printer is on fire',
  message: 'It burns. '.repeat(20),
};
const context = contextOf('ticketsCommands');

export const run: Part = async ({ writeDb, order }) => {
  const documents = writeDb.collection<{ _id: string }>('floor_tickets');
  const events = await likewiseIndexed(writeDb, 'events', 'floor_events');

  const ours = async (): Promise<void> => {
    const { statusCode } = await handler(requestOf('POST /tickets', { body }), context);
    if (statusCode !== 201) throw new Error(`answered ${statusCode}`);
  };
  const floor = async (): Promise<void> => {
    const id = uuidv7();
    const now = new Date();
    const state = { ...body, status: 'open', agent_note: '' };
    await writeDb.client.withSession((session) =>
      session.withTransaction(
        async () => {
          await documents.insertOne(
            { _id: id, ...state, version: 1, created_at: now, updated_at: now } as { _id: string },
            { session },
          );
          const row = {
            _id: uuidv7(),
            stream_id: `Ticket-${id}`,
            stream_type: 'Ticket',
            version: 1,
            type: 'TicketCreated',
            schema_version: 1,
            data: body,
            metadata: { command_id: randomUUID(), correlation_id: randomUUID(), causation_id: randomUUID() },
            recorded_at: now,
            pending: true,
          };
          await events.insertOne(row, { session });
        },
        { readConcern: { level: 'snapshot' }, writeConcern: { w: 'majority', journal: true } },
      ),
    );
  };

  const rows: Row[] = [];
  for (const callers of [1, 32]) {
    const found = await inTurn(order.rounds * roundsEach, {
      ours: () => load(callers, roundMs, ours),
      floor: () => load(callers, roundMs, floor),
    });
    const ratio = ratioOf(found.ours, found.floor);
    const tail = ratioOf(found.ours, found.floor, 'p99Ms');
    rows.push({
      what: `state-stored command, ${callers} caller${callers === 1 ? '' : 's'}`,
      measured: both(found.ours),
      against: `raw transaction ${both(found.floor)}`,
      ratio,
      noise: spreadOf(found.floor),
      reach: `≥ 0.92; p99 ≤ 1.2 × (here ${tail.toFixed(2)} ×)`,
      reached: ratio >= 0.92 && tail <= 1.2,
      figures: found,
    });
  }
  return rows;
};
