// A copy of the tree, in which a slip is a changed file: what starts processes of its own reads it from there.
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as z from 'zod';

const report = z.object({
  testResults: z.array(
    z.object({
      name: z.string(),
      message: z.string(),
      status: z.string(),
      assertionResults: z.array(z.object({ status: z.string(), fullName: z.string() })),
    }),
  ),
});

/** What hangs has been noticed. A test that is merely slow has not failed: beside other work all are. */
const mostMs = 600_000;
const mostTestMs = 120_000;

/** A test, or a file that could not be run; what was only cut short by the first failure counts for nothing. */
const failureIn = (root: string, reportFile: string): string => {
  const { testResults } = report.parse(JSON.parse(readFileSync(reportFile, 'utf8')));
  const failures = testResults.flatMap(({ name, status, message, assertionResults }) => {
    const failed = assertionResults.find((one) => one.status === 'failed')?.fullName;
    const reason = failed ?? (status === 'failed' ? message.split('\n')[0] : '');
    return reason ? [`${name.replace(`${root}/`, '')}: ${reason}`] : [];
  });
  return failures[0] ?? 'the end of the run';
};

export interface Tree {
  root: string;
  /** Gives what failed with the file's text changed to `text`, or undefined if nothing did. */
  tryOut(file: string, text: string, tests: string[]): Promise<string | undefined>;
  remove(): void;
}

const runTests = async (root: string, tests: string[]): Promise<string | undefined> => {
  const reportFile = join(root, '.report.json');
  rmSync(reportFile, { force: true });
  const patient = ['--testTimeout', `${mostTestMs}`, '--hookTimeout', `${mostTestMs}`];
  const args = ['run', '--bail', '1', ...patient, '--reporter', 'json', '--outputFile', reportFile, ...tests];
  const run = spawn(process.execPath, ['node_modules/vitest/vitest.mjs', ...args], {
    cwd: root,
    stdio: 'ignore',
    timeout: mostMs,
  });
  const [code, signal] = await once(run, 'exit');
  if (code === 0) return undefined;
  return signal === null ? failureIn(root, reportFile) : `nothing came within ${mostMs / 1_000} seconds`;
};

/** Most slips are noticed by a unit test, for which no server is started. */
const inStages = (tests: string[]): string[][] => {
  const unit = tests.filter((test) => test.startsWith('test/unit/'));
  return [unit, tests.filter((test) => !unit.includes(test))].filter((stage) => stage.length > 0);
};

/** Links if the place allows it: the linter, which is one of the tests, finds the packages' types in no other way. */
const copyPackages = (root: string): void => {
  try {
    execFileSync('cp', ['-al', 'node_modules', root], { stdio: 'ignore' });
  } catch {
    execFileSync('cp', ['-a', 'node_modules', root]);
  }
};

/** Of the working tree as it is, without what git ignores but packages. */
export const copyTree = (): Tree => {
  const root = mkdtempSync(join(tmpdir(), 'tandem-mutants-'));
  const listed = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard']);
  for (const file of new Set(listed.toString().split('\0')))
    if (file !== '') cpSync(file, join(root, file), { force: true });
  copyPackages(root);
  return {
    root,
    async tryOut(file, text, tests) {
      const there = join(root, file);
      const kept = readFileSync(there);
      writeFileSync(there, text);
      try {
        for (const stage of inStages(tests)) {
          const failure = await runTests(root, stage);
          if (failure !== undefined) return failure;
        }
        return undefined;
      } finally {
        writeFileSync(there, kept);
      }
    },
    remove: () => rmSync(root, { recursive: true, force: true }),
  };
};
