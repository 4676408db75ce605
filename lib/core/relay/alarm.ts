// Wakes a poller early. A change stream is only an alarm clock: what there is to do is found by state, so a missed or
// late alarm costs one poll interval and nothing else.
import type { ChangeStream, ChangeStreamOptions, Db, Document } from 'mongodb';
import { eventRows } from '../stores/event-rows.ts';

export interface Alarm {
  /** Resolves at the next insert, or after `ms`. An insert since the last call resolves it at once. Turns the alarm on. */
  next(ms: number): Promise<void>;
  /** For as long as there is enough to do: the server passes every write of the collection through a stream. */
  off(): Promise<void>;
}

const inserts = [{ $match: { operationType: 'insert' } }, { $project: { _id: 1 } }];

/** Begins at the newest write that a majority has: a snapshot that is taken from now on shows all up to it. */
const fromNow = async (db: Db): Promise<ChangeStreamOptions> => {
  await using session = db.client.startSession();
  await eventRows(db).findOne({}, { session, projection: { _id: 1 }, readConcern: { level: 'majority' } });
  return session.operationTime === undefined ? {} : { startAtOperationTime: session.operationTime };
};

export const eventAlarm = (db: Db): Alarm => {
  let stream: ChangeStream | undefined;
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
  const on = async (): Promise<void> => {
    // By itself it would begin at what the server has applied: the next snapshot may not show that yet.
    const opened = eventRows(db).watch<Document>(inserts, await fromNow(db));
    stream = opened;
    opened.on('change', ring);
    // What was committed before that time rings nowhere: there may be something by now.
    ring();
    // Polling goes on without it.
    opened.on('error', () => {
      if (stream === opened) void off();
    });
  };
  return {
    async next(ms) {
      if (stream === undefined) await on();
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
