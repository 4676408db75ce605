// The system under the soak: embedded parts, data of its own, started again on it after each end.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startGuard } from '../support/guard.ts';
import { type Running, startProcess } from '../support/system-process.ts';
import type { Victim } from './chaos.ts';

export interface SoakSystem extends Victim {
  readonly state: Running['state'];
  /** Ends it, and removes all of it. */
  remove(): Promise<void>;
}

export const startSoakSystem = async (logFile: string | undefined): Promise<SoakSystem> => {
  const runDir = mkdtempSync(join(tmpdir(), 'tandem-soak-'));
  // Cleans up after every other end of this process.
  const guard = startGuard(runDir);
  const options = { runDir, dataDir: join(runDir, 'data'), settings: {} };
  const keepLog = (running: Running): void => {
    if (logFile !== undefined) writeFileSync(logFile, running.log(), { flag: 'a' });
  };
  let running = await startProcess(options);
  const startAfter = async (end: (running: Running) => Promise<void>): Promise<void> => {
    await end(running);
    keepLog(running);
    running = await startProcess(options);
  };
  return {
    get state() {
      return running.state;
    },
    killPart: (name) => running.kill9Part(name),
    killAllAndStart: () => startAfter((it) => it.kill9()),
    endAndStart: () => startAfter((it) => it.stop()),
    remove: async () => {
      await running.stop();
      keepLog(running);
      rmSync(runDir, { recursive: true, force: true });
      guard.release();
    },
  };
};
