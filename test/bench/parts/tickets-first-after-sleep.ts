// The first command after a sleep: nothing is awake, no process is there. From the call of the command to the answer of
// the list that has it, each of the four functions in a process that was started for it: command, relay, projector, query.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as z from 'zod';
import { type ColdFunction, coldFunction, pollQueue, serveLambda } from '../cold.ts';
import type { Part } from '../context.ts';
import { percentile } from '../measure.ts';
import { benchClient, makeQueue } from '../queues.ts';
import { latency, type Row } from '../report.ts';
import { requestOf } from '../requests.ts';

const markMs = 1_500;
/** The shortest that is allowed: how long the relay was awake before changes nothing of how it starts. */
const idleSeconds = '5';
const body = { customer_id: 'customer-1', subject: 'Fire', message: 'It burns.' };

const answerSchema = z.object({ statusCode: z.number(), body: z.string() });

const ask = async (run: ColdFunction, request: object): Promise<unknown> => {
  const answer = answerSchema.parse(await run(request));
  if (answer.statusCode >= 300) throw new Error(`it answered ${answer.statusCode}: ${answer.body}`);
  return JSON.parse(answer.body);
};

const written = z.object({ id: z.string() });
const list = z.array(written);

/** A command, and the list as the one who sent it asks for it. */
const oneRound = async (command: ColdFunction, query: ColdFunction) => {
  const started = performance.now();
  const { id } = written.parse(await ask(command, requestOf('POST /tickets', { body })));
  const answeredMs = performance.now() - started;
  const wanted = { consistent_with: `${id}@1`, timeout_ms: '5000' };
  const found = list.parse(await ask(query, requestOf('GET /tickets', { query: wanted })));
  if (!found.some((ticket) => ticket.id === id)) throw new Error('the ticket is not in the list after 5 s');
  return { answeredMs, shownMs: performance.now() - started };
};

const summarize = (values: number[]) => ({ p50Ms: percentile(values, 0.5), p99Ms: percentile(values, 0.99) });

export const run: Part = async ({ order }) => {
  const home = await mkdtemp(join(tmpdir(), 'tandem-asleep-'));
  const client = benchClient(order.sqsEndpoint);
  const end = new AbortController();
  const env = {
    ...process.env,
    RELAY_IDLE_SECONDS: idleSeconds,
    RELAY_FUNCTION: 'relay',
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
  };
  const lambda = await serveLambda(await coldFunction(home, 'functions/relay.ts', env));
  const others = { ...env, AWS_ENDPOINT_URL_LAMBDA: lambda.url };
  const [command, query, projector] = await Promise.all(
    ['commands', 'queries', 'projector'].map((name) =>
      coldFunction(home, `functions/tickets/${name}.ts`, others),
    ),
  );
  if (command === undefined || query === undefined || projector === undefined)
    throw new Error('three are built');
  const queue = await makeQueue(client, `${process.env['QUEUE_PREFIX']}-tickets-projector`);
  const polling = pollQueue(client, queue, projector, end.signal);
  try {
    const rounds: Awaited<ReturnType<typeof oneRound>>[] = [];
    // The first round, which starts the first relay there ever was, counts as well.
    for (let round = order.full ? 60 : order.rounds * 2; round > 0; round -= 1) {
      rounds.push(await oneRound(command, query));
      // It has gone to sleep.
      await lambda.settled();
    }
    const shown = summarize(rounds.map(({ shownMs }) => shownMs));
    const answered = summarize(rounds.map(({ answeredMs }) => answeredMs));
    const row: Row = {
      what: 'first event after a sleep, until it is in the list',
      measured: `${latency(shown)} (${rounds.length} rounds)`,
      against: `its command's answer ${latency(answered)}`,
      reach: `p99 ≤ ${markMs.toLocaleString('en')} ms`,
      reached: shown.p99Ms <= markMs,
      figures: { shown, answered, rounds },
    };
    return [row];
  } finally {
    end.abort();
    await polling;
    lambda.end();
    client.destroy();
    await rm(home, { recursive: true, force: true });
  }
};
