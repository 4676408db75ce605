// The highest rate that a contender holds: as good as all of it taken, and visible in time.
import type { Contender, Trial } from './contender.ts';

const readLagMs = 500;
/** As p99 bears a slow one in a hundred: else one stall of the machine in a minute would set the rate. */
const mostRefused = 1 / 1_000;
const probeSeconds = 6;
const lowest = 20;
const tries = 6;

/** Commands were answered with success, all but one in 1,000, and their effects visible within READ_LAG_MS at p99. */
export const isHeld = ({ answers, lags, drainMs }: Trial): boolean =>
  answers.sent - answers.taken <= answers.sent * mostRefused &&
  lags.p99Ms <= readLagMs &&
  drainMs <= 2 * readLagMs;

/** Looks for the rate by short trials, then holds it for `seconds`; a rate that is not held is lowered. */
export const findHighest = async (
  { run }: Contender,
  seconds: number,
  log: (line: string) => void,
): Promise<Trial> => {
  const attempt = async (perSecond: number, forSeconds: number): Promise<Trial> => {
    const trial = await run(perSecond, forSeconds);
    const { answers, lags, drainMs } = trial;
    log(
      `  ${Math.round(perSecond)}/s for ${forSeconds} s: ${answers.taken} of ${answers.sent}, visible p99 ` +
        `${Math.round(lags.p99Ms)} ms, drained in ${Math.round(drainMs)} ms: ${isHeld(trial) ? 'held' : 'not held'}`,
    );
    return trial;
  };
  await attempt(200, 3);
  let [held, failed] = [0, Number.POSITIVE_INFINITY];
  for (let next = 400; failed / Math.max(held, 1) > 1.1 && next >= lowest; ) {
    if (isHeld(await attempt(next, probeSeconds))) held = next;
    else failed = next;
    next = failed === Number.POSITIVE_INFINITY ? held * 1.5 : held === 0 ? failed / 2 : (held + failed) / 2;
  }
  let perSecond = Math.max(held, lowest);
  for (let left = tries; ; left -= 1) {
    const trial = await attempt(perSecond, seconds);
    if (isHeld(trial) || left === 1) return trial;
    perSecond = Math.max(lowest, perSecond * 0.93);
  }
};
