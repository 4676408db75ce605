import { setTimeout as pause } from 'node:timers/promises';

type Truthy<T> = Exclude<T, undefined | null | false | 0 | ''>;

export interface Patience {
  timeoutMs?: number;
  everyMs?: number;
}

/**
 * Polls until `probe` gives something truthy, and gives that. A probe that throws (a failed expectation too) is
 * asked again. Throws at the deadline with what was waited for and what was last seen.
 */
export const waitFor = async <T>(
  what: string,
  probe: () => T | Promise<T>,
  { timeoutMs = 10_000, everyMs = 20 }: Patience = {},
): Promise<Truthy<T>> => {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    const seen = await look(probe);
    if (isTruthy(seen.value)) return seen.value;
    if (performance.now() > deadline) {
      const last = seen.error instanceof Error ? seen.error.message : JSON.stringify(seen.value);
      throw new Error(`waited ${timeoutMs} ms for ${what}; last seen: ${last}`, { cause: seen.error });
    }
    await pause(everyMs);
  }
};

const look = async <T>(probe: () => T | Promise<T>): Promise<{ value?: T; error?: unknown }> => {
  try {
    return { value: await probe() };
  } catch (error) {
    return { error };
  }
};

const isTruthy = <T>(value: T): value is Truthy<T> => {
  return Boolean(value);
};
