// Wakes a poller early. A change stream is only an alarm clock: what there is to do is found by state, so a missed or
// late alarm costs one poll interval and nothing else.
import type { ChangeStream, Collection, Document } from 'mongodb';

export interface Alarm {
  /** Resolves at the next insert, or after `ms`. An insert since the last call resolves it at once. Turns the alarm on. */
  next(ms: number): Promise<void>;
  /** For as long as there is enough to do: the server passes every write of the collection through a stream. */
  off(): Promise<void>;
}

const inserts = [{ $match: { operationType: 'insert' } }, { $project: { _id: 1 } }];

export const insertAlarm = <T extends Document>(collection: Collection<T>): Alarm => {
  let stream: ChangeStream<T> | undefined;
  let rung = false;
  let wake: (() => void) | undefined;
  const ring = (): void => {
    rung = true;
    wake?.();
  };
  const off = async (): Promise<void> => {
    const open = stream;
    stream = undefined;
    await open?.close().catch(() => undefined);
  };
  const on = (): void => {
    stream = collection.watch<T>(inserts);
    stream.on('change', ring);
    // What came before the server listens rings nowhere: there may be something by now.
    stream.once('resumeTokenChanged', ring);
    // Polling goes on without it.
    stream.on('error', () => void off());
  };
  return {
    async next(ms) {
      if (stream === undefined) on();
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
    off,
  };
};
