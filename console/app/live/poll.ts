// Asks again and again: less often while the system is away, not at all in a hidden tab, at once when it is shown again.
import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import { ApiError } from '../api/client.ts';
import { tokenGeneration } from '../api/token.ts';
import { useCell } from './cell.ts';
import { onTryAgain, reportAway, reportLive } from './connection.ts';

const longestPauseMs = 30_000;

export interface Polled<T> {
  data: T | undefined;
  error: ApiError | undefined;
  /** Asks now. */
  again(): void;
}

interface Loop {
  stop(): void;
  now(): void;
}

interface Watcher<T> {
  read(signal: AbortSignal): Promise<T>;
  /** How long to wait after an answer; undefined: not again. */
  everyMs(data: T): number | undefined;
  onData(data: T): void;
  onError(error: ApiError): void;
}

/** Runs until `stop`. */
export const startLoop = <T>({ read, everyMs, onData, onError }: Watcher<T>): Loop => {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let running: AbortController | undefined;
  let failures = 0;
  let stopped = false;

  const wait = (ms: number): void => {
    if (!stopped) timer = setTimeout(run, ms);
  };
  const fail = (error: unknown): void => {
    const known = error instanceof ApiError ? error : new ApiError(String(error), 0);
    failures += 1;
    const pauseMs = Math.min(1_000 * 2 ** (failures - 1), longestPauseMs);
    if (known.isAway) reportAway(known.message, pauseMs);
    onError(known);
    // What was refused is refused again: a new token, or somebody, starts it.
    if (known.mayPass) wait(pauseMs);
  };
  const run = async (): Promise<void> => {
    clearTimeout(timer);
    if (stopped || document.hidden || running !== undefined) return;
    const mine = new AbortController();
    running = mine;
    try {
      const data = await read(mine.signal);
      if (stopped) return;
      failures = 0;
      reportLive();
      onData(data);
      const pauseMs = everyMs(data);
      if (pauseMs !== undefined) wait(pauseMs);
    } catch (error) {
      if (!stopped) fail(error);
    } finally {
      running = undefined;
    }
  };
  const start = (): void => void run();
  document.addEventListener('visibilitychange', start);
  const forget = onTryAgain(start);
  start();
  return {
    now: start,
    stop() {
      stopped = true;
      clearTimeout(timer);
      running?.abort();
      document.removeEventListener('visibilitychange', start);
      forget();
    },
  };
};

type Every<T> = number | ((data: T) => number | undefined);

/**
 * What `read` gives, kept current while the page shows it. A new `key` asks anew; `undefined` asks for nothing.
 * Without `every` it asks once.
 */
export const usePoll = <T>(
  key: string | undefined,
  read: (signal: AbortSignal) => Promise<T>,
  every?: Every<T>,
): Polled<T> => {
  const [answer, setAnswer] = useState<{ key?: string | undefined; data?: T; error?: ApiError }>({});
  const generation = useCell(tokenGeneration);
  const loop = useRef<Loop | undefined>(undefined);
  const latest = useRef({ read, every });
  latest.current = { read, every };
  useEffect(() => {
    if (key === undefined) return;
    const started = startLoop<T>({
      read: (signal) => latest.current.read(signal),
      everyMs(data) {
        const { every: pause } = latest.current;
        return typeof pause === 'function' ? pause(data) : pause;
      },
      onData: (data) => setAnswer({ key, data }),
      onError: (error) => setAnswer((before) => (before.key === key ? { ...before, error } : { key, error })),
    });
    loop.current = started;
    return () => started.stop();
  }, [key, generation]);
  const again = useCallback(() => loop.current?.now(), []);
  const own = answer.key === key ? answer : {};
  return { data: own.data, error: own.error, again };
};
