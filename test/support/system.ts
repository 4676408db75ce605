import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { type Db, MongoClient } from 'mongodb';
import { afterAll, beforeAll, inject } from 'vitest';
import { databaseUrl } from './database.ts';
import { type Client, httpClient } from './http.ts';
import { invokeFunction } from './invoke.ts';
import { refuseNoise } from './noise.ts';
import { openQueue, type Queue } from './queues.ts';
import { checkAnswers } from './seen.ts';
import { findOrStart } from './shared-system.ts';
import type { PartName } from './system-parts.ts';
import { type Running, type State, startProcess } from './system-process.ts';

/** What a test sees of a system, and what it may do to one that others use as well. */
export interface SeenSystem {
  readonly http: Client;
  readonly state: State;
  readonly dataDir: string;
  /** The write and the read database, as an outsider with a MongoDB client sees them. */
  readonly write: Db;
  readonly read: Db;
  readonly log: string;
  invoke(name: string, payload?: unknown): Promise<unknown>;
  queue(name: string): Promise<Queue>;
}

export interface System extends SeenSystem {
  /** Ends everything at once, without a word of warning: kill -9 for each process. */
  kill9(): Promise<void>;
  /** Ends one part of an embedded system likewise; the system starts it again. */
  kill9Part(name: PartName): boolean;
  /** Starts again on the same data, after `kill9` or in place of a running one. */
  restart(): Promise<void>;
  /** Ends as Ctrl-C does, and fails on stack traces or warnings in the log. */
  stop(): Promise<void>;
}

export interface SystemOptions {
  /** `true`: its own mongod and queue server, as after a fresh `npm start`; else the run's, which is quicker. */
  embedded?: boolean;
  env?: Record<string, string>;
  /** `false` if the test makes functions throw, so that stack traces in the log are no fault. */
  quiet?: boolean;
}

/** Starts the whole system as `npm start` does, with data, ports and queue names of its own. */
export const startSystem = async (options: SystemOptions = {}): Promise<System> => {
  const { embedded = false, env = {}, quiet = true } = options;
  const runDir = inject('runDir');
  const dataDir = mkdtempSync(join(runDir, 'system-'));
  const settings = { ...(embedded ? {} : sharedParts()), ...env };
  const start = () => startProcess({ runDir, dataDir, settings });
  let running = await start();
  let outside = await connect(running.state);
  const end = async (how: (running: Running) => Promise<void>) => {
    await outside.close();
    await how(running);
  };
  const seen = see(
    dataDir,
    () => running,
    () => outside,
  );
  return Object.assign(seen, {
    kill9: () => end((it) => it.kill9()),
    kill9Part: (name: PartName) => running.kill9Part(name),
    restart: async () => {
      await end((it) => it.stop());
      running = await start();
      outside = await connect(running.state);
    },
    stop: async () => {
      await end((it) => it.stop());
      const log = running.log();
      rmSync(dataDir, { recursive: true, force: true });
      if (quiet) refuseNoise(log);
    },
  });
};

/** The system that all files share which need no other. */
const joinShared = async (): Promise<SeenSystem & { leave(): Promise<void> }> => {
  const runDir = inject('runDir');
  const dataDir = join(runDir, 'shared-system');
  const running = await findOrStart(runDir, () => startProcess({ runDir, dataDir, settings: sharedParts() }));
  const outside = await connect(running.state);
  const from = running.log().length;
  const seen = see(
    dataDir,
    () => running,
    () => outside,
    from,
  );
  return Object.assign(seen, {
    leave: async () => {
      await outside.close();
      refuseNoise(seen.log);
    },
  });
};

const during = <T>(begin: () => Promise<T>, end: (system: T) => Promise<void>): (() => T) => {
  let system: T | undefined;
  beforeAll(async () => {
    system = await begin();
  });
  afterAll(async () => {
    if (system !== undefined) await end(system);
  });
  return () => {
    if (system === undefined) throw new Error('the system is there from beforeAll on');
    return system;
  };
};

/** The system that all files share which need no other; its log is looked through at the file's end. */
export const useSystem = (): (() => SeenSystem) => during(joinShared, ({ leave }) => leave());

/** A system for this test file alone: started before its tests, stopped (and its log looked through) after them. */
export const useOwnSystem = (options: SystemOptions): (() => System) =>
  during(
    () => startSystem(options),
    ({ stop }) => stop(),
  );

/** What a test sees and does from outside. `from` is where its part of the log begins. */
const see = (
  dataDir: string,
  running: () => Running,
  outside: () => Awaited<ReturnType<typeof connect>>,
  from = 0,
): SeenSystem => ({
  dataDir,
  get http() {
    return outside().http;
  },
  get state() {
    return running().state;
  },
  get write() {
    return outside().write;
  },
  get read() {
    return outside().read;
  },
  get log() {
    return running().log().slice(from);
  },
  invoke: (name, payload) => invokeFunction(running().state.lambda_url, name, payload),
  queue: (name) => openQueue(running().state.sqs_endpoint, `${running().state.queue_prefix}-${name}`),
});

const sharedParts = (): Record<string, string> => {
  const name = `s_${randomBytes(6).toString('hex')}`;
  return {
    WRITE_DB_URL: databaseUrl(`${name}_write`),
    READ_DB_URL: databaseUrl(`${name}_read`),
    SQS_ENDPOINT: inject('sqsEndpoint'),
    QUEUE_PREFIX: name,
  };
};

const connect = async (state: State) => {
  const write = await MongoClient.connect(state.write_db_url, { directConnection: true });
  const read = await MongoClient.connect(state.read_db_url, { directConnection: true });
  const close = async () => {
    await Promise.allSettled([write.close(), read.close()]);
  };
  return { http: httpClient(state.http_url, checkAnswers()), write: write.db(), read: read.db(), close };
};
