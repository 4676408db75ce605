// Keeps a part of the system running: one that dies is started again, at its old address and on its data.
// Guarantees: never two of it at once; none after `stop`. One that dies again and again is started again, ever more
// slowly; only one that does not start is given up.

import { setTimeout as wait } from 'node:timers/promises';
import { type Log, messageOf, SetupError } from './log.ts';

export interface Part {
  /** Settles with how its process ended, wanted or not. */
  ended: Promise<string>;
  stop(): Promise<void>;
}

export interface Supervised<P extends Part> {
  /** The part as it first started. Rejects when it did not. */
  started: Promise<P>;
  /** Rejects with a SetupError when the part is given up; else never settles. */
  givenUp: Promise<never>;
  stop(): Promise<void>;
}

const quickMs = 10_000;
const mostFailedStarts = 5;
const longestPauseMs = 30_000;
const longestStartMs = 5_000;

/** How long a part waits that has ended soon after its start `quickEnds` times in a row. */
export const pauseBefore = (quickEnds: number): number =>
  quickEnds < 2 ? 0 : Math.min(1_000 * 2 ** (quickEnds - 2), longestPauseMs);

/** Undefined when it rejects, or takes longer. */
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
  { pauseMs = pauseBefore } = {},
): Supervised<P> => {
  const stopping = new AbortController();
  let current = start(false);
  const started = current;
  let quickEnds = 0;
  let failedStarts = 0;

  const announce = (reason: string, ms: number): void => {
    const again = ms === 0 ? ', starting it again' : `: starting it again in ${ms / 1_000} s`;
    const often = ms === 0 ? '' : `, ${quickEnds} times in a row`;
    log(`${name}: ended by itself (${reason})${often}${again}`);
  };

  /** Gives how the part ended this time, or why it did not start. */
  const runAgain = async (): Promise<string> => {
    const since = performance.now();
    try {
      current = start(true);
      const part = await current;
      failedStarts = 0;
      if (!stopping.signal.aborted)
        log(`${name}: runs again after ${((performance.now() - since) / 1000).toFixed(1)} s`);
      const reason = await part.ended;
      quickEnds = performance.now() - since < quickMs ? quickEnds + 1 : 1;
      return reason;
    } catch (error) {
      failedStarts += 1;
      quickEnds += 1;
      return messageOf(error);
    }
  };

  const supervise = async (): Promise<never> => {
    let reason = await (await started).ended;
    quickEnds = 1;
    while (!stopping.signal.aborted) {
      if (failedStarts >= mostFailedStarts) {
        throw new SetupError(`${name}: did not start ${failedStarts} times in a row: ${reason}.`);
      }
      const ms = pauseMs(quickEnds);
      announce(reason, ms);
      if (ms > 0) await wait(ms, undefined, { signal: stopping.signal }).catch(() => undefined);
      if (!stopping.signal.aborted) reason = await runAgain();
    }
    return new Promise(() => undefined);
  };

  const givenUp = supervise();
  givenUp.catch(() => undefined);
  return {
    started,
    givenUp,
    stop: async () => {
      stopping.abort();
      // One that is still starting notices by itself that this process has gone.
      await (await within(current, longestStartMs))?.stop();
    },
  };
};
