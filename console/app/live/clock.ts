// The instant that relative times are told from, once a second, and not at all in a hidden tab. It follows the
// server's clock, so that a wrong clock on this side does not make everything look late.
import { cell } from './cell.ts';

let skewMs = 0;

export const now = (): number => Date.now() + skewMs;

export const tick = cell(now());

/** `date` is the header of an answer: it counts whole seconds. */
export const setClockBy = (date: string | null): void => {
  const server = Date.parse(date ?? '');
  if (Number.isNaN(server)) return;
  const differenceMs = server + 500 - Date.now();
  skewMs = Math.abs(differenceMs) > 2_000 ? differenceMs : 0;
};

export const startClock = (): void => {
  setInterval(() => {
    if (!document.hidden) tick.set(now());
  }, 1_000);
};
