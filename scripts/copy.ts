// A copy of the project in which a script may do what it likes.
import { execFileSync, spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';

export interface Outcome {
  ok: boolean;
  text: string;
}

export interface Copy {
  /** Every file of the project, as git knows it. */
  files: readonly string[];
  read(file: string): string;
  /** As it was at first. */
  original(file: string): string;
  write(file: string, content: string): void;
  remove(file: string): void;
  /** Whether it is no longer what it was. */
  isChanged(file: string): boolean;
  /** Runs a program of node_modules/.bin in it. */
  run(program: string, ...args: string[]): Outcome;
  /** Brings back what was there at first of all that was written or removed. */
  reset(): void;
}

const listFiles = (): string[] =>
  execFileSync('git', ['ls-files', '-co', '--exclude-standard'], { encoding: 'utf8' })
    .split('\n')
    .filter((file) => file !== '' && existsSync(file));

/** Goes when the process ends. */
export const copyProject = (): Copy => {
  const root = mkdtempSync(join(tmpdir(), 'tandem-copy-'));
  const at = (file: string): string => join(root, file);
  const files = listFiles();
  // Kept apart: somebody may be at work on the project meanwhile.
  const originals = new Map(files.map((file) => [file, readFileSync(file)]));
  const put = (file: string): void => {
    mkdirSync(dirname(at(file)), { recursive: true });
    writeFileSync(at(file), originals.get(file) ?? '');
  };
  const touched = new Set<string>();
  for (const file of files) put(file);
  symlinkSync(resolve('node_modules'), at('node_modules'));
  process.on('exit', () => rmSync(root, { recursive: true, force: true }));
  return {
    files,
    read: (file) => readFileSync(at(file), 'utf8'),
    original: (file) => originals.get(file)?.toString() ?? '',
    write(file, content) {
      touched.add(file);
      writeFileSync(at(file), content);
    },
    remove(file) {
      touched.add(file);
      rmSync(at(file), { recursive: true });
    },
    isChanged: (file) =>
      !existsSync(at(file)) || originals.get(file)?.equals(readFileSync(at(file))) !== true,
    run(program, ...args) {
      const { status, stdout, stderr } = spawnSync(join('node_modules/.bin', program), args, {
        cwd: root,
        encoding: 'utf8',
        env: { ...process.env, PATH: `${dirname(process.execPath)}:${process.env['PATH']}` },
        maxBuffer: 1e8,
      });
      return { ok: status === 0, text: `${stdout}${stderr}` };
    },
    reset() {
      for (const file of touched) put(file);
      touched.clear();
    },
  };
};

/** The unit tests of a copy. Each file is read for the first time there, which is no matter of these tests: they may take long. */
export const unitTests = ['run', '--project', 'unit', '--testTimeout', '60000'];

/** Prints how it went; ends the process with 1 and with what was said if it did not go well. */
export const expectOk = (title: string, { ok, text }: Outcome): void => {
  console.log(`${ok ? 'ok' : 'FAILED'}  ${title}`);
  if (ok) return;
  console.log(text.slice(-6_000));
  process.exit(1);
};
