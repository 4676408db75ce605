// What an open page for operators costs: commands while its API is polled, at the rates that the page polls at.
import { handler as metrics } from '../../../functions/metrics.ts';
import { handler as ops } from '../../../functions/ops/queries.ts';
import { handler as commands } from '../../../functions/tickets/commands.ts';
import { catalogue } from '../../../lib/domains.ts';
import type { Part } from '../context.ts';
import { inTurn, type Load, load, ratioOf, spreadOf } from '../measure.ts';
import { benchClient, makeQueue } from '../queues.ts';
import { both } from '../report.ts';
import { ask, requestOf } from '../requests.ts';

// Long enough for the frequent polls to come three times.
const roundMs = 6_000;
const polls = [
  { everyMs: 2_000, handler: metrics, route: 'GET /metrics' },
  { everyMs: 2_000, handler: ops, route: 'GET /ops/events' },
  { everyMs: 30_000, handler: ops, route: 'GET /ops/system' },
];
const body = { customer_id: 'c', subject: 'Fire', message: 'It burns. '.repeat(20) };

export const run: Part = async ({ order }) => {
  const sqs = benchClient(order.sqsEndpoint);
  for (const name of catalogue.queueNames)
    for (const queue of [name, `${name}-dlq`])
      await makeQueue(sqs, `${process.env['QUEUE_PREFIX']}-${queue}`);
  const quiet = (): Promise<Load> =>
    load(8, roundMs, () => ask(commands, requestOf('POST /tickets', { body })));
  const watched = async (): Promise<Load> => {
    const asked: Promise<unknown>[] = [];
    const timers = polls.map(({ everyMs, handler, route }) => {
      const poll = (): void => void asked.push(ask(handler, requestOf(route)));
      poll();
      return setInterval(poll, everyMs);
    });
    try {
      return await quiet();
    } finally {
      for (const timer of timers) clearInterval(timer);
      await Promise.all(asked);
    }
  };
  const found = await inTurn(order.rounds, { watched, floor: quiet });
  const ratio = ratioOf(found.watched, found.floor);
  return [
    {
      what: 'commands while the page for operators is open',
      measured: both(found.watched),
      against: `while it is closed ${both(found.floor)}`,
      ratio,
      noise: spreadOf(found.floor),
      reach: '≥ 0.98',
      reached: ratio >= 0.98,
      figures: found,
    },
  ];
};
