// 20,000 pending events of 1 KB through the relay, against a bare loop of SendMessageBatch on the same bodies.
import {
  CreateQueueCommand,
  PurgeQueueCommand,
  SendMessageBatchCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { v7 as uuidv7 } from 'uuid';
import { type EventRow, fromRow } from '../../../lib/core/events.ts';
import { toMessage } from '../../../lib/core/relay/publish.ts';
import { runRelay } from '../../../lib/core/relay/relay.ts';
import { eventRows } from '../../../lib/core/stores/event-rows.ts';
import { config } from '../../../lib/platform/config.ts';
import { sqsPublisher } from '../../../lib/platform/sqs/publisher.ts';
import type { Part } from '../context.ts';
import { chunks, inLanes, inTurn, rate, ratioOf, spreadOf } from '../measure.ts';
import { perSecond } from '../report.ts';

const count = 20_000;
const lanes = 8;
const queue = 'tickets-projector';

const rowsOf = (): EventRow[] =>
  Array.from({ length: count }, () => {
    const id = uuidv7();
    return {
      _id: uuidv7(),
      stream_id: `Ticket-${id}`,
      stream_type: 'Ticket',
      version: 1,
      type: 'TicketCreated',
      schema_version: 1,
      data: { customer_id: 'customer-1', subject: 'The printer is on fire', message: 'x'.repeat(500) },
      metadata: { command_id: id, correlation_id: id, causation_id: id },
      recorded_at: new Date(),
      pending: true,
    };
  });

export const run: Part = async ({ writeDb, order }) => {
  const client = new SQSClient({
    endpoint: order.sqsEndpoint,
    region: 'eu-central-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });
  const { QueueUrl = '' } = await client.send(
    new CreateQueueCommand({ QueueName: `${config.QUEUE_PREFIX}-${queue}` }),
  );
  const empty = () => client.send(new PurgeQueueCommand({ QueueUrl }));

  const ours = async () => {
    const events = eventRows(writeDb);
    await events.deleteMany({});
    for (const batch of chunks(rowsOf(), 2_000)) await events.insertMany(batch);
    let published = 0;
    const measured = await rate(count, () =>
      runRelay({
        db: writeDb,
        publisher: sqsPublisher,
        subscriptionsOf: () => [queue],
        maxAttempts: 5,
        owner: 'bench',
        batchSize: config.RELAY_BATCH_SIZE,
        pollMs: config.RELAY_POLL_INTERVAL_MS,
        leaseMs: 3_000,
        timeLeftMs: () => (published >= count ? 0 : 60_000),
        onBatch(result) {
          published += result.published;
        },
      }),
    );
    if ((await events.countDocuments({ pending: true })) > 0) throw new Error('events are left over');
    await empty();
    return measured;
  };
  const floor = async () => {
    const batches = chunks(
      rowsOf().map((row) => toMessage(fromRow(row))),
      10,
    );
    const measured = await rate(count, () =>
      inLanes(batches, lanes, (batch) => {
        const Entries = batch.map(({ id, body }) => ({ Id: id, MessageBody: body }));
        return client.send(new SendMessageBatchCommand({ QueueUrl, Entries }));
      }),
    );
    await empty();
    return measured;
  };
  const found = await inTurn(Math.min(order.rounds, 3), { ours, floor });
  const ratio = ratioOf(found.ours, found.floor);
  return [
    {
      what: 'relay, 20,000 pending events of 1 KB',
      measured: perSecond(found.ours),
      against: `SendMessageBatch alone ${perSecond(found.floor)}`,
      ratio,
      noise: spreadOf(found.floor),
      reach: '≥ 0.8 and ≥ 5,000/s',
      reached: ratio >= 0.8 && found.ours.perSecond >= 5_000,
      figures: found,
    },
  ];
};
