// A real mongod as a one-node replica set with its data in a directory.
// Guarantees: the same URL after a restart while its port is free; data survives a kill -9 of
// everything; a mongod left behind by a dead process is ended before the next start.

import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MongoInstance } from 'mongodb-memory-server-core';
import { numberAt, readJson, writeWhole } from './files.ts';
import { type Log, messageOf, quiet, SetupError } from './log.ts';
import { type FoundMongod, findMongod } from './mongod-binary.ts';
import { keptPort } from './ports.ts';
import { commandLine, endOf, endProcess, isAlive, killProcess } from './processes.ts';
import { becomePrimary, moveReplicaSet, replicaSet } from './replica-set.ts';
import type { Part } from './supervise.ts';

export type Mongod = Part & {
  port: number;
  /** A connection string for the named database. */
  url(dbName: string): string;
};

export interface MongodOptions {
  /** Where the data is kept. Without it: a temporary directory, removed by `stop`. */
  dataDir?: string;
  /** Its URL is in use already: it must have its last port again. */
  stays?: boolean;
  log?: Log;
}

const mongodArguments = [
  '--nounixsocket',
  '--quiet',
  '--wiredTigerCacheSizeGB=1',
  '--setParameter=diagnosticDataCollectionEnabled=false',
  // A process killed within a transaction leaves it open, and with it a lock on what it wrote: a minute by default.
  '--setParameter=transactionLifetimeLimitSeconds=5',
];

const hasData = async (dbPath: string): Promise<boolean> => (await readdir(dbPath)).includes('WiredTiger');

const endLeftover = async (dataDir: string, dbPath: string, log: Log): Promise<void> => {
  const note = await readJson(join(dataDir, 'mongod.json'));
  const pid = numberAt(note, 'pid');
  if (pid === undefined || !isAlive(pid) || !(await commandLine(pid)).includes(dbPath)) return;
  const owner = numberAt(note, 'owner');
  if (owner !== undefined && isAlive(owner)) {
    throw new SetupError(`The data in ${dataDir} is in use by process ${owner}: end it first.`);
  }
  log('mongod: ending the one an earlier run left behind');
  await endProcess(pid, 10_000);
};

interface Launch {
  binary: FoundMongod;
  port: number;
  dbPath: string;
  alone?: boolean;
}

const launch = async ({ binary, port, dbPath, alone = false }: Launch): Promise<MongoInstance> => {
  const instance = new MongoInstance({
    instance: {
      port,
      ip: '127.0.0.1',
      dbPath,
      ...(alone ? {} : { replSet: replicaSet }),
      storageEngine: 'wiredTiger',
      launchTimeout: 60_000,
      args: mongodArguments,
    },
    // The version is named to keep it from comparing the binary with the one it would download.
    binary: { systemBinary: binary.path, version: binary.version },
    // Its own process group: Ctrl-C in a terminal must not reach it before the functions have drained.
    spawn: { detached: true },
  });
  try {
    await instance.start();
    return instance;
  } catch (error) {
    await instance.stop().catch(() => false);
    throw new SetupError(
      `mongod did not start (${messageOf(error).split('\n')[0]}); its data is in ${dbPath}.`,
    );
  }
};

/** Starts (or recovers) the replica set and waits until it takes writes. Throws a SetupError. */
export const startMongod = async ({
  dataDir,
  stays = false,
  log = quiet,
}: MongodOptions = {}): Promise<Mongod> => {
  const temporary = dataDir === undefined;
  const home = dataDir ?? (await mkdtemp(join(tmpdir(), 'tandem-mongod-')));
  const dbPath = join(home, 'mongod');
  await mkdir(dbPath, { recursive: true });
  const binary = await findMongod(home, log);
  await endLeftover(home, dbPath, log);
  const { port, previous, keep } = await keptPort(home, 'mongod', stays);
  const place = { binary, port, dbPath };
  if (port !== previous && (await hasData(dbPath))) {
    log(`mongod: its last port is taken, moving the replica set to ${port}`);
    const alone = await launch({ ...place, alone: true });
    await moveReplicaSet(port).finally(() => alone.stop());
  }
  const instance = await launch(place);
  const child = instance.mongodProcess;
  const pid = child?.pid;
  const ended = child === undefined ? Promise.resolve('no process') : endOf(child);
  await writeWhole(join(home, 'mongod.json'), JSON.stringify({ pid, owner: process.pid }));
  const stop = async (): Promise<void> => {
    // What is thrown away needs no clean shutdown, which takes a second.
    if (temporary && pid !== undefined) {
      await killProcess(pid);
      await ended;
    }
    await instance.stop();
    await rm(temporary ? home : join(home, 'mongod.json'), { recursive: true, force: true });
  };
  try {
    await becomePrimary(port);
    await keep();
  } catch (error) {
    await stop();
    throw error;
  }
  log(`mongod: ${binary.version} (${binary.source}) on port ${port}`);
  return {
    port,
    url: (dbName) => `mongodb://127.0.0.1:${port}/${dbName}?replicaSet=${replicaSet}`,
    ended,
    stop,
  };
};
