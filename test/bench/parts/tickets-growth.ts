// How cost grows: with subscribers of an event, with events in the log, with aggregates, and when all want one of them.
import { PurgeQueueCommand } from '@aws-sdk/client-sqs';
import { v7 as uuidv7 } from 'uuid';
import { handler } from '../../../functions/tickets/commands.ts';
import { eventRows } from '../../../lib/core/stores/event-rows.ts';
import { config } from '../../../lib/platform/config.ts';
import { client, queueUrl } from '../../../lib/platform/sqs/client.ts';
import { sqsPublisher } from '../../../lib/platform/sqs/publisher.ts';
import { ticketsCollection } from '../../../lib/tickets/store.ts';
import type { Bench, Part } from '../context.ts';
import { inTurn, type Load, load, rate, ratioOf, spreadOf } from '../measure.ts';
import { insertPending, pendingRows, relayAll } from '../pending.ts';
import { benchClient, makeQueue } from '../queues.ts';
import { both, perSecond, type Row } from '../report.ts';
import { ask, requestOf } from '../requests.ts';
import { idOf, seed } from '../tickets-seed.ts';

const roundMs = 1_000;
const pending = 5_000;
const queueOf = (n: number): string => `growth-${n}`;

const send = (route: string, asked: Parameters<typeof requestOf>[1]) => ask(handler, requestOf(route, asked));

const empty = async (queue: string): Promise<void> => {
  await client().send(new PurgeQueueCommand({ QueueUrl: await queueUrl(queue) }));
};

const relayTo = async ({ writeDb }: Bench, subscribers: number): Promise<Load> => {
  const queues = Array.from({ length: subscribers }, (_, n) => queueOf(n));
  await eventRows(writeDb).deleteMany({ pending: true });
  await insertPending(writeDb, pending);
  const measured = await rate(pending, () => relayAll(writeDb, queues, pending, sqsPublisher));
  await Promise.all(queues.map(empty));
  return measured;
};

const bySubscribers = async (bench: Bench): Promise<Row[]> => {
  const to = (many: number) => () => relayTo(bench, many);
  const rounds = Math.min(bench.order.rounds, 3);
  const found = await inTurn(rounds, { one: to(1), two: to(2), five: to(5), ten: to(10) });
  const several = [
    [2, found.two],
    [5, found.five],
    [10, found.ten],
  ] as const;
  return several.map(([many, there]) => {
    const ratio = ratioOf(there, found.one) * many;
    return {
      what: `relay, each event to ${many} subscribers`,
      measured: `${perSecond(there)}, ${many} messages each`,
      against: `to one: ${perSecond(found.one)}`,
      ratio,
      noise: spreadOf(found.one),
      reach: 'of messages/s ≥ 0.9',
      reached: ratio >= 0.9,
      figures: found,
    };
  });
};

/** Published ones, so many in all. */
const fillLog = async ({ writeDb }: Bench, count: number): Promise<void> => {
  const events = eventRows(writeDb);
  const missing = count - (await events.estimatedDocumentCount());
  for (let done = 0; done < missing; done += 5_000) {
    const rows = pendingRows(Math.min(5_000, missing - done));
    const published = rows.map(({ pending: _, ...row }) => ({ ...row, published_at: new Date() }));
    await events.insertMany(published, { ordered: false, writeConcern: { w: 1, journal: false } });
  }
};

const byEvents = async (bench: Bench): Promise<Row[]> => {
  const body = { customer_id: 'c', subject: 'Fire', message: 'It burns. '.repeat(20) };
  const measure = () =>
    inTurn(Math.min(bench.order.rounds, 3), {
      command: () => load(8, roundMs, () => send('POST /tickets', { body })),
      relay: () => relayTo(bench, 1),
    });
  const rows: Row[] = [];
  let first: Awaited<ReturnType<typeof measure>> | undefined;
  await eventRows(bench.writeDb).deleteMany({});
  for (const count of bench.order.full ? [1_000, 100_000, 1_000_000] : [1_000, 100_000]) {
    await fillLog(bench, count);
    const found = await measure();
    first ??= found;
    for (const what of ['command', 'relay'] as const) {
      const ratio = found[what].perSecond / first[what].perSecond;
      rows.push({
        what: `${what}, ${count.toLocaleString('en')} events in the log`,
        measured: perSecond(found[what]),
        against: `at 1,000: ${perSecond(first[what])}`,
        ratio,
        noise: spreadOf(first[what]),
        reach: found === first ? '' : '≥ 0.8',
        reached: ratio >= 0.8,
        figures: { ...found[what] },
      });
    }
  }
  return rows;
};

const byAggregates = async ({ writeDb, order }: Bench): Promise<Row[]> => {
  const most = 10_000;
  await seed(writeDb, ticketsCollection, [0, most]);
  const among = (many: number) => () =>
    load(32, roundMs, () => {
      const id = idOf(Math.floor(Math.random() * many));
      return send('PATCH /tickets/{id}/note', { id, body: { note: uuidv7() } });
    });
  const found = await inTurn(order.rounds, { many: among(most), few: among(10), one: among(1) });
  const row = (what: 'few' | 'one', name: string, mark?: number): Row => {
    const ratio = ratioOf(found[what], found.many);
    return {
      what: `changes by 32 callers, ${name}`,
      measured: both(found[what]),
      against: `of 10,000: ${both(found.many)}`,
      ratio,
      noise: spreadOf(found.many),
      reach: mark === undefined ? '' : `≥ ${mark}`,
      reached: mark === undefined || ratio >= mark,
      figures: found,
    };
  };
  return [row('few', 'of 10 aggregates', 0.5), row('one', 'all of one aggregate, in turn')];
};

export const run: Part = async (bench) => {
  const sqs = benchClient(bench.order.sqsEndpoint);
  for (let n = 0; n < 10; n += 1) await makeQueue(sqs, `${config.QUEUE_PREFIX}-${queueOf(n)}`);
  return [...(await bySubscribers(bench)), ...(await byEvents(bench)), ...(await byAggregates(bench))];
};
