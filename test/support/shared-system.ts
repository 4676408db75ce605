// One system for the test files that need nothing of their own: the first one starts it, the end of the run stops it.
// Files run one after another, each in a process of its own; what an earlier one wrote is still there.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { refuseNoise } from './noise.ts';
import { attach, type Running, type Started } from './system-process.ts';

const note = (runDir: string): string => join(runDir, 'shared-system.json');

const find = (runDir: string): Running | undefined =>
  existsSync(note(runDir)) ? attach(JSON.parse(readFileSync(note(runDir), 'utf8')) as Started) : undefined;

export const findOrStart = async (runDir: string, start: () => Promise<Running>): Promise<Running> => {
  const found = find(runDir);
  if (found !== undefined) return found;
  const running = await start();
  writeFileSync(note(runDir), JSON.stringify(running.started));
  return running;
};

/** Stops it, if it was started, and fails on stack traces or warnings in its log. */
export const endShared = async (runDir: string): Promise<void> => {
  const found = find(runDir);
  if (found === undefined) return;
  await found.stop();
  refuseNoise(found.log());
};
