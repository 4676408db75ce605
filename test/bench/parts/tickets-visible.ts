// From commit to visible on the whole started system, at a steady rate of commands over HTTP. A change stream on the read
// model tells when a document is there; its `updated_at` is the time that the event was recorded at, just before its
// commit, by the same clock.

import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { MongoClient } from 'mongodb';
import { readJson, stringAt } from '../../../lib/local/files.ts';
import { ticketDocumentsCollection } from '../../../lib/tickets/projections.ts';
import type { Part } from '../context.ts';
import { percentile } from '../measure.ts';
import { latency, type Row } from '../report.ts';

const runMs = 15_000;
const warmUpMs = 3_000;
const settleMs = 5_000;
const headers = { 'content-type': 'application/json' };
const body = JSON.stringify({
  customer_id: 'c',
  subject: 'The printer is on fire',
  message: 'It burns. '.repeat(20),
});

const freePort = (): Promise<number> =>
  new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });

interface System {
  httpUrl: string;
  readUrl: string;
  end(): Promise<void>;
}

const startSystem = async (): Promise<System> => {
  const home = await mkdtemp(join(tmpdir(), 'tandem-visible-'));
  const { WRITE_DB_URL: _, READ_DB_URL: __, SQS_ENDPOINT: ___, QUEUE_PREFIX: ____, ...rest } = process.env;
  const env = {
    ...rest,
    TANDEM_DATA_DIR: home,
    HTTP_PORT: String(await freePort()),
    LAMBDA_PORT: String(await freePort()),
  };
  const child: ChildProcess = spawn(process.execPath, ['lib/local/start.ts'], { env, stdio: 'ignore' });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  for (let waited = 0; waited < 120_000; waited += 200) {
    const state = await readJson(join(home, 'state.json'));
    const [httpUrl, readUrl] = [stringAt(state, 'http_url'), stringAt(state, 'read_db_url')];
    if (httpUrl !== undefined && readUrl !== undefined) {
      const end = async (): Promise<void> => {
        child.kill('SIGTERM');
        await ended;
        await rm(home, { recursive: true, force: true });
      };
      return { httpUrl, readUrl, end };
    }
    await wait(200);
  }
  throw new Error('the system did not start');
};

/** Sends commands on a fixed timetable, whether or not earlier ones have been answered. */
const sendAt = async (perSecond: number, forMs: number, url: string): Promise<number[]> => {
  const latencies: number[] = [];
  const sent: Promise<void>[] = [];
  const started = performance.now();
  for (let index = 0; index < (perSecond * forMs) / 1_000; index += 1) {
    const due = started + (index * 1_000) / perSecond;
    if (due > performance.now()) await wait(due - performance.now());
    const one = async (): Promise<void> => {
      const at = performance.now();
      // What is refused or cut off under overload is missing from the answers; the bench goes on.
      const answer = await fetch(url, { method: 'POST', headers, body }).catch(() => undefined);
      await answer?.arrayBuffer().catch(() => undefined);
      if (answer?.status === 201) latencies.push(performance.now() - at);
    };
    sent.push(one());
  }
  await Promise.all(sent);
  return latencies;
};

const summarize = (values: number[]) => ({ p50Ms: percentile(values, 0.5), p99Ms: percentile(values, 0.99) });

export const run: Part = async () => {
  const system = await startSystem();
  const client = await MongoClient.connect(system.readUrl);
  try {
    const rows: Row[] = [];
    for (const [rate, p50, p99] of [
      [50, 50, 250],
      [300, Number.POSITIVE_INFINITY, 500],
    ] as const) {
      await sendAt(rate, warmUpMs, `${system.httpUrl}/tickets`);
      await wait(settleMs);
      const lags: number[] = [];
      const changes = client
        .db()
        .collection(ticketDocumentsCollection)
        .watch([], { fullDocument: 'updateLookup' });
      changes.on('change', (change) => {
        if ('fullDocument' in change && change.fullDocument)
          lags.push(Date.now() - change.fullDocument['updated_at']);
      });
      await wait(500);
      const answers = await sendAt(rate, runMs, `${system.httpUrl}/tickets`);
      await wait(settleMs);
      await changes.close();
      const sent = (rate * runMs) / 1_000;
      const lag = summarize(lags);
      const shown = p50 === Number.POSITIVE_INFINITY ? '' : `p50 ≤ ${p50} ms, `;
      rows.push({
        what: `commit to visible, ${rate} commands/s`,
        measured: `${latency(lag)} (${lags.length} seen of ${answers.length} answered of ${sent} sent)`,
        against: `READ_LAG_MS 500; commands ${latency(summarize(answers))}`,
        reach: `${shown}p99 ≤ ${p99} ms`,
        reached: answers.length === sent && lags.length >= sent && lag.p50Ms <= p50 && lag.p99Ms <= p99,
        figures: { lag, answers: summarize(answers), seen: lags.length, answered: answers.length, sent },
      });
    }
    return rows;
  } finally {
    await client.close();
    await system.end();
  }
};
