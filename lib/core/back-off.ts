import { setTimeout as wait } from 'node:timers/promises';

// 200 writers of one document all succeed in 8 s with this cap; with 250 ms they spend 30 s on losing to each other,
// and 77 of them fail.
const capMs = 2_000;

/** Up to 4 ms after the first lost race (attempt 0), and up to twice as long each time. */
export const backOffMs = (attempt: number): number => Math.random() * Math.min(capMs, 4 * 2 ** attempt);

/** Waits before a lost race is run again: at random, and longer each time, so that rivals drift apart. */
export const backOff = (attempt: number): Promise<void> => wait(backOffMs(attempt));
