// Keeps that a consumer is at work, the lags of its messages for /metrics, and when they took effect for traces. Not with
// every batch, which would be a third of its round trips: at most every half second, and what is left over when there is
// nothing more to do.
import type { Db } from 'mongodb';
import { sayHeard } from '../core/observe/heard.ts';
import { type Effect, recordEffects } from '../core/ops/effects.ts';
import { recordLags } from '../core/projection/lag.ts';

const everyMs = 500;
/** Under load, traces have the first ones of each half second only. */
const mostEffects = 100;

/** A message that took effect: its id, and since when it was on its way. */
export interface Arrived {
  id: string;
  since: Date;
}

export const createEffectRecorder = (db: Db, name: string) => {
  let lags: number[] = [];
  let effects: Effect[] = [];
  let nextAt = 0;
  let timer: NodeJS.Timeout | undefined;

  const flush = async (): Promise<void> => {
    clearTimeout(timer);
    timer = undefined;
    nextAt = performance.now() + everyMs;
    const recorded = { lags, effects };
    lags = [];
    effects = [];
    await Promise.all([
      sayHeard(db, name),
      recordLags(db, name, recorded.lags),
      recordEffects(db, name, recorded.effects),
    ]);
  };

  /**
   * To be called with every batch, also if nothing of it took effect.
   * @throws whatever the database throws, when it is time to write; what it was to keep is lost.
   */
  return async (arrived: Arrived[], at: Date): Promise<void> => {
    lags.push(...arrived.map(({ since }) => Math.max(0, at.getTime() - since.getTime())));
    effects.push(...arrived.slice(0, mostEffects - effects.length).map(({ id }) => ({ event_id: id, at })));
    if (performance.now() >= nextAt) return flush();
    // A frozen container goes on with it when it thaws.
    timer ??= setTimeout(() => void flush().catch(() => undefined), everyMs).unref();
  };
};
