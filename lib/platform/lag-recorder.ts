// Keeps that a consumer is at work, and the lags of its messages, for /metrics. Not with every batch, which would be a
// third of its round trips: at most every half second, and what is left over when there is nothing more to do.
import type { Db } from 'mongodb';
import { sayHeard } from '../core/observe/heard.ts';
import { recordLags } from '../core/projection/lag.ts';

const everyMs = 500;

export const createLagRecorder = (db: Db, name: string) => {
  let lags: number[] = [];
  let nextAt = 0;
  let timer: NodeJS.Timeout | undefined;

  const flush = async (): Promise<void> => {
    clearTimeout(timer);
    timer = undefined;
    nextAt = performance.now() + everyMs;
    const recorded = lags;
    lags = [];
    await Promise.all([sayHeard(db, name), recordLags(db, name, recorded)]);
  };

  /**
   * To be called with every batch, also if nothing of it took effect.
   * @throws whatever the database throws, when it is time to write; those lags are lost.
   */
  return async (added: number[]): Promise<void> => {
    lags.push(...added);
    if (performance.now() >= nextAt) return flush();
    // A frozen container goes on with it when it thaws.
    timer ??= setTimeout(() => void flush().catch(() => undefined), everyMs).unref();
  };
};
