// 20,000 messages through the projector, ten a call as Lambda gives them, against a bulkWrite of the same documents.
import { v7 as uuidv7 } from 'uuid';
import { handler } from '../../../functions/tickets/projector.ts';
import type { RecordedEvent } from '../../../lib/core/events.ts';
import { fold } from '../../../lib/core/projection/projection.ts';
import { ticketDocumentsCollection, ticketList } from '../../../lib/tickets/projections.ts';
import type { Part } from '../context.ts';
import { chunks, inLanes, inTurn, rate, ratioOf, spreadOf } from '../measure.ts';
import { perSecond } from '../report.ts';
import { contextOf, sqsEventOf } from '../requests.ts';

const count = 20_000;
const lanes = 10;
const context = contextOf('ticketsProjector');

const eventsOf = (): RecordedEvent[] =>
  Array.from({ length: count }, () => {
    const id = uuidv7();
    return {
      event_id: uuidv7(),
      stream_id: `Ticket-${id}`,
      stream_type: 'Ticket',
      version: 1,
      type: 'TicketCreated',
      schema_version: 1,
      data: {
        customer_id: 'customer-1',
        subject: 'The printer is on fire',
        message: 'It burns. '.repeat(20),
      },
      metadata: { command_id: id, correlation_id: id, causation_id: id },
      recorded_at: new Date(),
    };
  });

export const run: Part = async ({ readDb, order }) => {
  const documents = readDb.collection<{ _id: string; version: number }>(ticketDocumentsCollection);
  const ours = async () => {
    await documents.deleteMany({});
    const batches = chunks(eventsOf(), 10).map((batch) =>
      sqsEventOf(batch.map((event) => JSON.stringify(event))),
    );
    const measured = await rate(count, () => inLanes(batches, lanes, (batch) => handler(batch, context)));
    if ((await documents.countDocuments()) !== count) throw new Error('documents are missing');
    return measured;
  };
  const floorOf = (size: number) => async () => {
    await documents.deleteMany({});
    const batches = chunks(
      eventsOf().map((event) => fold(ticketList, undefined, event)),
      size,
    );
    return rate(count, () =>
      inLanes(batches, lanes, (batch) =>
        documents.bulkWrite(
          batch.map((view) => ({
            replaceOne: { filter: { _id: view._id }, replacement: view, upsert: true },
          })),
          { ordered: false },
        ),
      ),
    );
  };
  const found = await inTurn(Math.min(order.rounds, 3), { ours, floor: floorOf(10), wide: floorOf(1_000) });
  const ratio = ratioOf(found.ours, found.floor);
  return [
    {
      what: 'projector, 20,000 messages, ten a call',
      measured: perSecond(found.ours),
      against: `bulkWrite, ten a call ${perSecond(found.floor)} (1,000 a call ${perSecond(found.wide)})`,
      ratio,
      noise: spreadOf(found.floor),
      reach: '≥ 0.75',
      reached: ratio >= 0.75,
      figures: found,
    },
  ];
};
