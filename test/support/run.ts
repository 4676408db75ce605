import { mkdtempSync, statfsSync } from 'node:fs';
import { freemem, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { TestProject } from 'vitest/node';
import { startMongod } from '../../lib/local/mongod.ts';
import { startQueueServer } from '../../lib/local/queue-server.ts';
import { startGuard } from './guard.ts';
import { databaseSlot } from './provided.ts';
import { endShared } from './shared-system.ts';

interface Parts {
  mongoUrl: string;
  sqsEndpoint: string;
  runDir: string;
  stop(): Promise<void>;
}

// Vitest loads this file once for each project: what they share must live on the process.
declare global {
  var tandemParts: Promise<Parts> | undefined;
  var tandemUsers: number | undefined;
}

const mostMs = 120_000;

/** A part that never comes must not hold up the run for ever. */
const tooLate = async (): Promise<never> => {
  await wait(mostMs, undefined, { ref: false });
  throw new Error(`mongod and the queue server were not there after ${mostMs / 1_000} s`);
};

/** Starts the parts for the first project that asks, and stops them with the last. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  globalThis.tandemUsers = (globalThis.tandemUsers ?? 0) + 1;
  globalThis.tandemParts ??= Promise.race([startParts(), tooLate()]);
  const parts = await globalThis.tandemParts;
  project.provide('mongoUrl', parts.mongoUrl);
  project.provide('sqsEndpoint', parts.sqsEndpoint);
  project.provide('runDir', parts.runDir);
  return async () => {
    globalThis.tandemUsers = (globalThis.tandemUsers ?? 1) - 1;
    if (globalThis.tandemUsers === 0) await parts.stop();
  };
}

const memory = '/dev/shm';
const roomBytes = 4 * 1024 ** 3;

/** In memory, if there is room: a database that waits for no disk answers in half the time. */
const placeForData = (): string => {
  try {
    const { bavail, bsize } = statfsSync(memory);
    return Math.min(bavail * bsize, freemem()) > roomBytes ? memory : tmpdir();
  } catch {
    return tmpdir();
  }
};

const startParts = async (): Promise<Parts> => {
  const runDir = mkdtempSync(join(placeForData(), 'tandem-test-'));
  const guard = startGuard(runDir);
  const log = (line: string) => {
    if (process.env['TANDEM_TEST_LOG']) console.error(line);
  };
  const mongod = await startMongod({ dataDir: join(runDir, 'parts'), log });
  const queues = await startQueues({ dataDir: join(runDir, 'parts'), log });
  return {
    mongoUrl: mongod.url(databaseSlot),
    sqsEndpoint: queues.endpoint,
    runDir,
    stop: async () => {
      try {
        await endShared(runDir);
      } finally {
        await Promise.allSettled([mongod.stop(), queues.stop()]);
        // It ends what a run that was cut off has left, and removes the directory.
        guard.release();
      }
    },
  };
};

/** The tests that send through a queue run against a real ElasticMQ too, if the environment asks for it. */
const startQueues = async (options: { dataDir: string; log: (line: string) => void }) => {
  if (!process.env['ELASTICMQ']) return startQueueServer(options);
  const { startElasticMq } = await import('./elasticmq.ts');
  return startElasticMq(options);
};
