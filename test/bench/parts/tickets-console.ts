// What an open page for operators costs: the throughput of the whole chain, from the first command until the last effect
// can be read, while the page's API is polled as its first page does.
import { setTimeout as wait } from 'node:timers/promises';
import { handler as metrics } from '../../../functions/metrics.ts';
import { handler as ops } from '../../../functions/ops/queries.ts';
import { catalogue } from '../../../lib/domains.ts';
import { startContender } from '../chain/contender.ts';
import type { Part } from '../context.ts';
import { inTurn, type Load, ratioOf, spreadOf } from '../measure.ts';
import { benchClient, makeQueue } from '../queues.ts';
import { both } from '../report.ts';
import { ask, requestOf } from '../requests.ts';

const polls = [
  { everyMs: 2_000, handler: metrics, route: 'GET /metrics' },
  { everyMs: 30_000, handler: ops, route: 'GET /ops/system' },
];
/** More than two cores bear: what is beyond is refused. */
const perSecond = 3_000;
const seconds = 6;

/** Like the page, a poll waits for its answer first. The page stays open from round to round. */
const openPage = () => {
  const dueIn = new Map(polls.map(({ route }) => [route, 0]));
  const poll = async ({ everyMs, handler, route }: (typeof polls)[number], signal: AbortSignal) => {
    for (;;) {
      const from = performance.now();
      const dueMs = dueIn.get(route) ?? 0;
      const isDue = await wait(dueMs, true, { signal }).catch(() => false);
      dueIn.set(route, isDue ? everyMs : dueMs - (performance.now() - from));
      if (!isDue) return;
      await ask(handler, requestOf(route));
    }
  };
  return (signal: AbortSignal) => Promise.all(polls.map((one) => poll(one, signal)));
};

export const run: Part = async ({ order }) => {
  const { writeUrl, readUrl, sqsEndpoint, rounds } = order;
  const sqs = benchClient(sqsEndpoint);
  for (const name of catalogue.queueNames)
    for (const queue of [name, `${name}-dlq`])
      await makeQueue(sqs, `${process.env['QUEUE_PREFIX']}-${queue}`);
  const chain = await startContender({
    contender: 'ours',
    domain: 'tickets',
    writeUrl,
    readUrl,
    sqsEndpoint,
  });
  const look = openPage();
  const closed = async (): Promise<Load> => {
    const { answers, drainMs } = await chain.run(perSecond, seconds);
    return { ...answers, perSecond: answers.taken / (seconds + drainMs / 1_000) };
  };
  const open = async (): Promise<Load> => {
    const end = new AbortController();
    const looking = look(end.signal);
    const round = await closed();
    end.abort();
    await looking;
    return round;
  };
  try {
    const found = await inTurn(2 * rounds, { open, floor: closed });
    const ratio = ratioOf(found.open, found.floor);
    return [
      {
        what: 'tickets through the whole chain, commands and all that follows, while the page for operators is open',
        measured: both(found.open),
        against: `while it is closed ${both(found.floor)}`,
        ratio,
        noise: spreadOf(found.floor),
        reach: '≥ 0.98',
        reached: ratio >= 0.98,
        figures: found,
      },
    ];
  } finally {
    await chain.stop();
  }
};
