// Removes old events of state-stored aggregates: their documents carry the state. Guarantees: an event goes only after
// it was published, and its whole batch of the log with it in order, so that nothing pending is ever lost.
// What goes with it: the memory of its idempotency key, and replays from before.
import type { Db } from 'mongodb';
import { createCheckpoint } from '../checkpoint.ts';
import { readAll } from './event-log.ts';
import { eventRows } from './event-rows.ts';

export interface RetentionOptions {
  writeDb: Db;
  /** Keeps the checkpoint. */
  readDb: Db;
  streamTypes: readonly string[];
  retentionMs: number;
  timeLeftMs(): number;
}

const batchSize = 1_000;
const reserveMs = 2_000;

/** Gives the number of events that were removed. */
export const removeOldEvents = async (options: RetentionOptions): Promise<number> => {
  const { writeDb, readDb, streamTypes, retentionMs, timeLeftMs } = options;
  const checkpoint = createCheckpoint<{ position: number }>(readDb, 'retention');
  const before = new Date(Date.now() - retentionMs);
  let position = (await checkpoint.find())?.position ?? 1;
  let removed = 0;
  while (timeLeftMs() > reserveMs) {
    const { events, next } = await readAll(writeDb, position, batchSize);
    const allOld = events.every(
      ({ published_at, parked_at }) => (published_at ?? parked_at ?? before) < before,
    );
    if (next === position || !allOld) break;
    const old = events.filter(
      ({ stream_type, published_at }) => published_at !== undefined && streamTypes.includes(stream_type),
    );
    const { deletedCount } = await eventRows(writeDb).deleteMany({ _id: { $in: old.map((row) => row._id) } });
    removed += deletedCount;
    position = next;
    await checkpoint.save({ position });
  }
  return removed;
};
