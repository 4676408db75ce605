// What a command does after it has committed: it sees to it that a relay is awake.
import { setTimeout as wait } from 'node:timers/promises';
import { relayWaker } from '../core/relay/awake.ts';
import { config } from './config.ts';
import { createLog } from './logger.ts';
import { writeDb } from './mongo.ts';
import { startFunction } from './start-function.ts';

/** So long may the caller's answer wait for this at most; the scheduled relay makes good what did not get there. */
const limitMs = 1_000;

/** Named for those that have the right to start it; for others, as for a test that calls a handler, there is none. */
const relay = process.env['RELAY_FUNCTION'] ?? '';

const log = createLog('wake-relay');
const start = (): Promise<void> => startFunction(relay, {}, limitMs);
const canStart = relay !== '' && config.RELAY_IDLE_SECONDS !== 'always';
const waker = canStart ? relayWaker(writeDb(), start) : undefined;

const notStarted = (error: unknown): void => {
  const { message, cause } = error instanceof Error ? error : new Error(String(error));
  const reason = cause instanceof Error ? `${message}: ${cause.message}` : message;
  log.warn('no relay was started, the scheduled one comes within a minute', { reason });
};

/** Starts a relay in place of one whose time is up. Never throws. */
export const startNextRelay = async (): Promise<void> => {
  if (canStart) await start().catch(notStarted);
};

/** Never throws, whatever becomes of it: the command has succeeded. */
export const wakeRelay = async (): Promise<void> => {
  if (waker === undefined) return;
  const done = new AbortController();
  try {
    await Promise.race([
      waker().catch(notStarted),
      wait(limitMs, undefined, { signal: done.signal }).catch(() => undefined),
    ]);
  } finally {
    done.abort();
  }
};
