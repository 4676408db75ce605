import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { closeSync, mkdirSync, openSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { freePort } from '../../lib/local/ports.ts';
import { isAlive } from '../../lib/local/processes.ts';
import { guarded, unguarded } from './guard.ts';
import { findParts, kill9, type PartName } from './system-parts.ts';
import { waitFor } from './wait-for.ts';

const stateSchema = z.object({
  pid: z.number(),
  http_url: z.string(),
  lambda_url: z.string(),
  write_db_url: z.string(),
  read_db_url: z.string(),
  sqs_endpoint: z.string(),
  queue_prefix: z.string(),
});
export type State = z.infer<typeof stateSchema>;

export interface Running {
  started: Started;
  state: State;
  log(): string;
  stop(): Promise<void>;
  /** Ends it and all its parts without a word of warning. */
  kill9(): Promise<void>;
  /** Ends one part likewise; gives whether it was there. */
  kill9Part(name: PartName): boolean;
}

export interface ProcessOptions {
  /** Where the guard looks for what is left behind. */
  runDir: string;
  dataDir: string;
  settings: Record<string, string>;
}

/** Runs what `npm start` runs, in a process group of its own, until `state.json` says that it is ready. */
export const startProcess = async ({ runDir, dataDir, settings }: ProcessOptions): Promise<Running> => {
  const stateFile = join(dataDir, 'state.json');
  rmSync(stateFile, { force: true });
  mkdirSync(dataDir, { recursive: true });
  const logFile = join(dataDir, `log-${randomUUID()}.txt`);
  const output = openSync(logFile, 'a');
  const [httpPort, lambdaPort] = [await freePort(), await freePort()];
  const child = spawn(process.execPath, ['lib/local/start.ts'], {
    env: {
      ...plainEnvironment(),
      TANDEM_DATA_DIR: dataDir,
      HTTP_PORT: `${httpPort}`,
      LAMBDA_PORT: `${lambdaPort}`,
      ...settings,
    },
    detached: true,
    // A file, so that it may outlive the process that started it.
    stdio: ['ignore', output, output],
  });
  closeSync(output);
  const group = child.pid;
  if (group === undefined) throw new Error('the system did not start');
  guarded(runDir, group);
  const log = () => readFileSync(logFile, 'utf8');
  const state = await waitFor('state.json', () => !isAlive(group) || readState(stateFile), {
    timeoutMs: 90_000,
  }).catch((cause: unknown) => fail(`the system is not ready:\n${log().slice(-6000)}`, cause));
  if (state === true) return fail(`the system ended while it started:\n${log().slice(-6000)}`);
  return attach({ runDir, group, logFile, state });
};

/** What there is to know of a running system, for any process. */
export interface Started {
  runDir: string;
  group: number;
  logFile: string;
  state: State;
}

/** The handle of a system that may have been started by another process. */
export const attach = (started: Started): Running => {
  const { runDir, group, logFile, state } = started;
  const end = async (signal: NodeJS.Signals) => {
    if (isAlive(group)) signalGroup(group, signal);
    await waitFor(`the system to end on ${signal}`, () => !isAlive(group), { timeoutMs: 30_000 });
    unguarded(runDir, group);
  };
  return {
    started,
    state,
    log: () => readFileSync(logFile, 'utf8'),
    stop: () => end('SIGTERM'),
    kill9: async () => {
      // The parts go first: they are to end as suddenly as what started them, which would start them again.
      const parts = [...findParts(group).values()];
      process.kill(group, 'SIGSTOP');
      for (const pid of parts) kill9(pid);
      await end('SIGKILL');
      await waitFor('the parts to be gone', () => !parts.some(kill9));
    },
    kill9Part: (name) => {
      const pid = findParts(group).get(name);
      return pid !== undefined && kill9(pid);
    },
  };
};

const fail = (message: string, cause?: unknown): never => {
  throw new Error(message, { cause });
};

/** Undefined until the file is there and whole. */
const readState = (file: string): State | undefined => {
  try {
    return stateSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    return undefined;
  }
};

/** What a user's shell has: nothing of the test runner's, which changes how libraries behave. */
const plainEnvironment = (): NodeJS.ProcessEnv => {
  const ours =
    /^(VITEST|NODE_ENV$|TEST$|DEV$|PROD$|MODE$|BASE_URL$|SSR$|WRITE_DB_URL|READ_DB_URL|SQS_|QUEUE_|OPS_TOKEN)/;
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !ours.test(name)));
};

const signalGroup = (group: number, signal: NodeJS.Signals): void => {
  if (signal === 'SIGKILL') process.kill(-group, signal);
  else process.kill(group, signal);
};
