// The relay on a queue server that needs 20 ms for each call, against one call at a time: what calls under way together buy.
import { connect, createServer } from 'node:net';
import type { Publisher } from '../../../lib/core/relay/publish.ts';
import type { Part } from '../context.ts';
import { inTurn, rate, ratioOf, spreadOf } from '../measure.ts';
import { benchClient, makeQueue } from '../queues.ts';
import { perSecond } from '../report.ts';

const waitMs = 20;
const queue = 'tickets-projector';

/** Passes all on, and each answer so much later. */
const startSlowProxy = async (endpoint: string): Promise<string> => {
  const { hostname, port } = new URL(endpoint);
  const server = createServer((client) => {
    const upstream = connect(Number(port), hostname);
    client.pipe(upstream);
    upstream.on('data', (bytes) => setTimeout(() => client.write(bytes), waitMs));
    for (const socket of [client, upstream]) {
      socket.setNoDelay(true);
      socket.on('error', () => {
        client.destroy();
        upstream.destroy();
      });
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`;
};

export const run: Part = async ({ writeDb, order }) => {
  const url = await startSlowProxy(order.sqsEndpoint);
  process.env['SQS_ENDPOINT'] = url;
  await makeQueue(benchClient(order.sqsEndpoint), `${process.env['QUEUE_PREFIX']}-${queue}`);
  // They read the environment when they are loaded.
  const { insertPending, relayAll } = await import('../pending.ts');
  const { sqsPublisher } = await import('../../../lib/platform/sqs/publisher.ts');
  let before: Promise<unknown> = Promise.resolve();
  const oneByOne: Publisher = {
    async send(subscription, messages) {
      const outcome = { refused: new Map<string, string>() };
      for (let from = 0; from < messages.length; from += 10) {
        before = before.then(() => sqsPublisher.send(subscription, messages.slice(from, from + 10)));
        await before;
      }
      return outcome;
    },
  };
  const through = (publisher: Publisher, count: number) => async () => {
    await insertPending(writeDb, count);
    return rate(count, () => relayAll(writeDb, queue, count, publisher));
  };
  const found = await inTurn(Math.min(order.rounds, 3), {
    ours: through(sqsPublisher, 10_000),
    floor: through(oneByOne, 1_000),
  });
  const ratio = ratioOf(found.ours, found.floor);
  return [
    {
      what: `relay, a queue server that needs ${waitMs} ms a call`,
      measured: perSecond(found.ours),
      against: `one call at a time ${perSecond(found.floor)}`,
      ratio,
      noise: spreadOf(found.floor),
      reach: '≥ 3',
      reached: ratio >= 3,
      figures: found,
    },
  ];
};
