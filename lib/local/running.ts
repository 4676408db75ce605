// What other programs read of the system that runs here: `state.json` in the data directory, while it runs.

import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { numberAt, readJson, stringAt, writeWhole } from './files.ts';
import { isAlive } from './processes.ts';

export interface RunningSystem {
  http_url: string;
  lambda_url: string;
  write_db_url: string;
  read_db_url: string;
  sqs_endpoint: string;
  queue_prefix: string;
}

const pathIn = (dataDir: string): string => join(dataDir, 'state.json');

/** The process that runs the system, and not one that was killed and left its note behind. */
const findPid = (note: unknown): number | undefined => {
  const pid = numberAt(note, 'pid');
  return pid !== undefined && isAlive(pid) ? pid : undefined;
};

/** Its connection strings may hold passwords: only its owner may read the file. */
export const tellRunning = (dataDir: string, system: RunningSystem): Promise<void> =>
  writeWhole(pathIn(dataDir), JSON.stringify({ pid: process.pid, ...system }, null, 2));

/** Removes what this process wrote, or one that has gone. */
export const forgetRunning = async (dataDir: string): Promise<void> => {
  const pid = findPid(await readJson(pathIn(dataDir)));
  if (pid === undefined || pid === process.pid) await rm(pathIn(dataDir), { force: true });
};

/** Where the functions of the running system are invoked; undefined when none runs. */
export const findLambdaUrl = async (dataDir: string): Promise<string | undefined> => {
  const note = await readJson(pathIn(dataDir));
  return findPid(note) === undefined ? undefined : stringAt(note, 'lambda_url');
};
