// Read your writes: a query waits, within a limit, until what it reads has reached a version.
import { setTimeout as wait } from 'node:timers/promises';

/** The version that a query wants to see (0: any), and how long it may wait for it. */
export interface VersionWait {
  version: number;
  timeoutMs: number;
}

export interface AtVersion<T> {
  found: T | undefined;
  /** The time-out passed, and what was found is older than what was asked for. */
  stale: boolean;
}

const pollMs = 10;

/** Asks until the answer is good enough or time is up; gives the last answer. */
export const askUntil = async <T>(
  ask: () => Promise<T>,
  isEnough: (answer: T) => boolean,
  timeoutMs: number,
): Promise<T> => {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    const answer = await ask();
    if (isEnough(answer) || performance.now() >= deadline) return answer;
    await wait(Math.min(pollMs, Math.max(1, deadline - performance.now())));
  }
};

/** Asks `find` until it gives `version` or later; past the time-out what there is. */
export const waitForVersion = async <T extends { version: number }>(
  find: () => Promise<T | undefined>,
  { version, timeoutMs }: VersionWait,
): Promise<AtVersion<T>> => {
  const isStale = (found: T | undefined): boolean => (found?.version ?? 0) < version;
  const found = await askUntil(find, (one) => !isStale(one), timeoutMs);
  return { found, stale: isStale(found) };
};
