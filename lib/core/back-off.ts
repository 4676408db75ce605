import { setTimeout as wait } from 'node:timers/promises';

const capMs = 250;

/** Waits before a lost race is run again: at random, and longer each time, so that rivals drift apart. */
export const backOff = (attempt: number): Promise<void> =>
  wait(Math.random() * Math.min(capMs, 4 * 2 ** attempt));
