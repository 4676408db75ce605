// Wakes a poller early. A change stream is only an alarm clock: what there is to do is found by state, so a missed or
// late alarm costs one poll interval and nothing else.
import type { Collection, Document } from 'mongodb';

export interface Alarm {
  /** Resolves at the next insert, or after `ms`. An insert since the last call resolves it at once. */
  next(ms: number): Promise<void>;
  close(): Promise<void>;
}

export const insertAlarm = <T extends Document>(collection: Collection<T>): Alarm => {
  const stream = collection.watch([{ $match: { operationType: 'insert' } }, { $project: { _id: 1 } }]);
  let rung = false;
  let wake: (() => void) | undefined;
  const ring = (): void => {
    rung = true;
    wake?.();
  };
  stream.on('change', ring);
  // Polling goes on without it; the next run opens a new one.
  stream.on('error', () => void stream.close().catch(() => undefined));
  return {
    async next(ms) {
      if (!rung) {
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, ms);
          wake = () => {
            clearTimeout(timer);
            resolve();
          };
        });
      }
      rung = false;
      wake = undefined;
    },
    close: () => stream.close(),
  };
};
