import { spawn } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

// Waits for the end of its input, which comes also when the test run dies by kill -9, and then ends what is left:
// the recorded process groups, every mongod whose data is under the directory, and the directory itself.
const script = `
cat >/dev/null
[ -d "$1" ] || exit 0
for group in "$1"/groups/*; do kill -9 -- "-$(basename "$group")"; done
for lock in $(find "$1" -name mongod.lock); do kill -9 "$(cat "$lock")"; done
sleep 1
rm -rf "$1"
`;

/** Leaves nothing behind: whatever ends this process, what it recorded with `guarded` ends too. */
export const startGuard = (runDir: string): { release(): void } => {
  mkdirSync(join(runDir, 'groups'), { recursive: true });
  const guard = spawn('sh', ['-c', script, 'tandem-test-guard', runDir], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  guard.unref();
  return { release: () => guard.stdin.end() };
};

const groupFile = (runDir: string, group: number): string => join(runDir, 'groups', String(group));

/** Puts a process group under the guard; gives what takes it out again. */
export const guarded = (runDir: string, group: number): (() => void) => {
  writeFileSync(groupFile(runDir, group), '');
  return () => unguarded(runDir, group);
};

/** Takes a process group out that has ended. */
export const unguarded = (runDir: string, group: number): void => {
  rmSync(groupFile(runDir, group), { force: true });
};
