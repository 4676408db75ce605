// Whether the system answers, as the whole page knows it. Each poll reports what it met.
import { cell } from './cell.ts';

export type Connection =
  | { state: 'starting' }
  | { state: 'live'; answeredAt: number }
  | { state: 'away'; since: number; reason: string; nextTryAt: number };

export const connection = cell<Connection>({ state: 'starting' });

const retries = new Set<() => void>();

/** Runs `retry` when somebody asks to try again at once; gives what ends that. */
export const onTryAgain = (retry: () => void): (() => void) => {
  retries.add(retry);
  return () => retries.delete(retry);
};

export const tryAgain = (): void => {
  for (const retry of [...retries]) retry();
};

export const reportLive = (): void => {
  const wasAway = connection.get().state === 'away';
  connection.set({ state: 'live', answeredAt: Date.now() });
  // Whoever waits out a long pause need not: the system is back.
  if (wasAway) tryAgain();
};

export const reportAway = (reason: string, waitMs: number): void => {
  const before = connection.get();
  const since = before.state === 'away' ? before.since : Date.now();
  connection.set({ state: 'away', since, reason, nextTryAt: Date.now() + waitMs });
};
