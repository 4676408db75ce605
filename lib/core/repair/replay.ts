// Feeds a subscriber from the log: a new one from the beginning, an old one again. Guarantees: every event from the
// position on is applied at least once, beside what its queue brings; safe to run twice, since subscribers know what
// they have; a run that was cut short is gone on with (checkpoint).
import type { Db } from 'mongodb';
import { createCheckpoint } from '../checkpoint.ts';
import { fromRow } from '../events.ts';
import { applyEvents, type Subscriber } from '../projection/subscriber.ts';
import { readAll } from '../stores/event-log.ts';
import { walkLog } from './walk-log.ts';

export interface ReplayOptions {
  writeDb: Db;
  /** Keeps the checkpoint. */
  readDb: Db;
  subscriber: Subscriber;
  /** The types of the events that it gets. */
  hears: readonly string[];
  from: number;
  timeLeftMs(): number;
  /** Told after each batch: the position that it has reached. */
  onProgress?(position: number): void;
}

export interface ReplayAnswer extends ReplayCounts {
  subscription: string;
  from: number;
  /** Where the log, or the time, ended. */
  position: number;
  /** False if time ran out: the next call with the same `from` goes on. */
  done: boolean;
}

interface ReplayCounts {
  scanned: number;
  applied: number;
  /** In effect before. */
  duplicates: number;
  /** Events that this code cannot apply: left out. */
  failed: number;
}

interface Progress extends ReplayCounts {
  from: number;
  position: number;
  done: boolean;
}

export const replay = async (options: ReplayOptions): Promise<ReplayAnswer> => {
  const { writeDb, readDb, subscriber, hears, from, timeLeftMs } = options;
  const checkpoint = createCheckpoint<Progress>(readDb, `replay:${subscriber.name}`);
  const before = await checkpoint.find();
  const fresh = { from, position: from, done: false, scanned: 0, applied: 0, duplicates: 0, failed: 0 };
  const progress: Progress = before?.from === from && !before.done ? before : fresh;
  const { done } = await walkLog({
    db: writeDb,
    read: readAll,
    from: progress.position,
    timeLeftMs,
    async visit(rows) {
      const events = rows.map(fromRow).filter(({ type }) => hears.includes(type));
      progress.scanned += rows.length;
      if (events.length === 0) return;
      const { applied, duplicates, failures } = await applyEvents(subscriber, events);
      progress.applied += applied.length;
      progress.duplicates += duplicates;
      progress.failed += failures.size;
    },
    async onReached(position) {
      progress.position = position;
      await checkpoint.save(progress);
      options.onProgress?.(position);
    },
  });
  progress.done = done;
  await checkpoint.save(progress);
  return { subscription: subscriber.name, ...progress };
};
