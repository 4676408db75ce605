// Keeps a part of the system running: one that dies is started again, at its old address and on its data.
// Guarantees: never two of it at once; none after `stop`; a part that dies again and again is given up.

import { setTimeout as wait } from 'node:timers/promises';
import { type Log, messageOf, SetupError } from './log.ts';

export type Part = {
  /** Settles with how its process ended, wanted or not. */
  ended: Promise<string>;
  stop(): Promise<void>;
};

export type Supervised<P extends Part> = {
  /** The part as it first started. Rejects when it did not. */
  started: Promise<P>;
  /** Rejects with a SetupError when the part is given up; else never settles. */
  givenUp: Promise<never>;
  stop(): Promise<void>;
};

const QUICK_MS = 10_000;
const QUICK_ENDS = 5;
const LONGEST_START_MS = 5_000;

/** Undefined where it rejects, or takes longer. */
const within = async <T>(promise: Promise<T>, ms: number): Promise<T | undefined> => {
  const late = new AbortController();
  try {
    return await Promise.race([promise, wait(ms, undefined, { signal: late.signal })]);
  } catch {
    return undefined;
  } finally {
    late.abort();
  }
};

/** `start` is told whether it is a restart. */
export const keepRunning = <P extends Part>(
  name: string,
  start: (again: boolean) => Promise<P>,
  log: Log,
): Supervised<P> => {
  let stopping = false;
  let current = start(false);
  const started = current;

  /** Gives how the part ended this time, or why it did not start. */
  const runAgain = async (): Promise<{ reason: string; quick: boolean }> => {
    const since = performance.now();
    try {
      current = start(true);
      const part = await current;
      if (!stopping) log(`${name}: runs again after ${((performance.now() - since) / 1000).toFixed(1)} s`);
      return { reason: await part.ended, quick: performance.now() - since < QUICK_MS };
    } catch (error) {
      return { reason: messageOf(error), quick: true };
    }
  };

  const supervise = async (): Promise<never> => {
    let reason = await (await started).ended;
    for (let quickEnds = 0; !stopping; ) {
      if (quickEnds >= QUICK_ENDS) {
        throw new SetupError(`${name}: ended ${QUICK_ENDS + 1} times within seconds, last by ${reason}.`);
      }
      log(`${name}: ended by itself (${reason}), starting it again`);
      const run = await runAgain();
      reason = run.reason;
      quickEnds = run.quick ? quickEnds + 1 : 0;
    }
    return new Promise(() => undefined);
  };

  const givenUp = supervise();
  givenUp.catch(() => undefined);
  return {
    started,
    givenUp,
    stop: async () => {
      stopping = true;
      // One that is still starting notices by itself that this process has gone.
      await (await within(current, LONGEST_START_MS))?.stop();
    },
  };
};
