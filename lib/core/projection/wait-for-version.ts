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

/** Asks `find` until it gives `version` or later; past the time-out what there is. */
export const waitForVersion = async <T extends { version: number }>(
  find: () => Promise<T | undefined>,
  { version, timeoutMs }: VersionWait,
): Promise<AtVersion<T>> => {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    const found = await find();
    const stale = (found?.version ?? 0) < version;
    if (!stale || performance.now() >= deadline) return { found, stale };
    await wait(Math.min(pollMs, Math.max(1, deadline - performance.now())));
  }
};
