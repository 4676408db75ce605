// 20,000 pending events of 1 KB through the relay, against a bare loop of SendMessageBatch on the same bodies.
import { PurgeQueueCommand, SendMessageBatchCommand } from '@aws-sdk/client-sqs';
import { fromRow } from '../../../lib/core/events.ts';
import { toMessage } from '../../../lib/core/relay/publish.ts';
import { eventRows } from '../../../lib/core/stores/event-rows.ts';
import { config } from '../../../lib/platform/config.ts';
import { sqsPublisher } from '../../../lib/platform/sqs/publisher.ts';
import type { Part } from '../context.ts';
import { chunks, inLanes, inTurn, rate, ratioOf, spreadOf } from '../measure.ts';
import { insertPending, pendingRows, relayAll } from '../pending.ts';
import { benchClient, makeQueue } from '../queues.ts';
import { perSecond } from '../report.ts';

const count = 20_000;
const lanes = 8;
const queue = 'tickets-projector';

export const run: Part = async ({ writeDb, order }) => {
  const client = benchClient(order.sqsEndpoint);
  const QueueUrl = await makeQueue(client, `${config.QUEUE_PREFIX}-${queue}`);
  const empty = () => client.send(new PurgeQueueCommand({ QueueUrl }));

  const ours = async () => {
    const events = eventRows(writeDb);
    await events.deleteMany({});
    await insertPending(writeDb, count);
    const measured = await rate(count, () => relayAll(writeDb, queue, count, sqsPublisher));
    if ((await events.countDocuments({ pending: true })) > 0) throw new Error('events are left over');
    await empty();
    return measured;
  };
  const floor = async () => {
    const batches = chunks(
      pendingRows(count).map((row) => toMessage(fromRow(row))),
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
