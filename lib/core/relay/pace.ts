// When a relay looks again. While events come it looks at short intervals: what comes in between is one batch. When none
// has come for a while, an alarm wakes it: on, it costs each write of the collection.
import { setTimeout as wait } from 'node:timers/promises';
import type { Db } from 'mongodb';
import { eventAlarm } from './alarm.ts';
import { snapshotSize } from './pending.ts';

export interface Pace {
  /** Resolves when to look again, after a look that began at `startedAt` (by `performance.now()`) and found so many. */
  next(startedAt: number, found: number): Promise<void>;
  end(): Promise<void>;
}

interface PaceOptions {
  db: Db;
  batchSize: number;
  /** How often pending events are looked for when no alarm rings. */
  pollMs: number;
  timeLeftMs(): number;
}

const roundMs = 30;
const quietMs = 200;

export const createPace = ({ db, batchSize, pollMs, timeLeftMs }: PaceOptions): Pace => {
  const alarm = eventAlarm(db);
  let foundAt = Number.NEGATIVE_INFINITY;
  return {
    async next(startedAt, found) {
      if (found > 0) {
        foundAt = performance.now();
        await alarm.off();
      }
      const now = performance.now();
      if (now - foundAt > quietMs) await alarm.next(pollMs);
      // A full snapshot has not shown all there is.
      else if (found < snapshotSize(batchSize))
        await wait(Math.max(0, Math.min(startedAt + roundMs - now, pollMs, timeLeftMs())));
    },
    end: alarm.off,
  };
};
