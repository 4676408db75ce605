// Removes old events of state-stored aggregates: their documents carry the state. Guarantees: an event goes only after
// it was published and reconcile has looked at it, and its commands go before it, so that a key and its command are
// forgotten together: a key from before is a new one. What is pending or parked stays, for good if its time has come.
// What goes with it: the memory of its idempotency keys, replays from before, the places in the log that hold nothing.
// Not guaranteed: that a message which is older than the retention and comes again is known; a dead letter may be 14
// days old.
import type { Db } from 'mongodb';
import { createCheckpoint } from '../checkpoint.ts';
import { databaseTime } from '../database-time.ts';
import type { EventRow } from '../events.ts';
import { forgetKeys } from './command-keys.ts';
import { removeCommands } from './command-log.ts';
import { readAll, removeEmptyBatches } from './event-log.ts';
import { eventRows } from './event-rows.ts';

export interface RetentionOptions {
  writeDb: Db;
  /** Keeps the checkpoint. */
  readDb: Db;
  streamTypes: readonly string[];
  /** The collections that keep commands as they arrived. */
  commandLogs: readonly string[];
  retentionMs: number;
  /** The position from which events have not been reconciled yet. */
  upTo: number;
  timeLeftMs(): number;
}

const batchSize = 1_000;
const reserveMs = 2_000;

/** Gives the number of events that were removed. */
export const removeOldEvents = async (options: RetentionOptions): Promise<number> => {
  const { writeDb, readDb, streamTypes, commandLogs, retentionMs, upTo, timeLeftMs } = options;
  const checkpoint = createCheckpoint<{ position: number }>(readDb, 'retention');
  const before = new Date((await databaseTime(writeDb)).getTime() - retentionMs);
  const isOld = ({ published_at, parked_at }: EventRow): boolean => {
    const settledAt = published_at ?? parked_at;
    return settledAt !== undefined && settledAt < before;
  };
  let position = (await checkpoint.find())?.position ?? 1;
  let removed = 0;
  while (timeLeftMs() > reserveMs) {
    const { events, next } = await readAll(writeDb, position, batchSize);
    if (next === position || next > upTo || !events.every(isOld)) break;
    const old = events.filter(
      ({ stream_type, published_at }) => published_at !== undefined && streamTypes.includes(stream_type),
    );
    await removeCommands(writeDb, commandLogs, old);
    await forgetKeys(
      writeDb,
      old.flatMap(({ idempotency_keys = [] }) => idempotency_keys),
    );
    const { deletedCount } = await eventRows(writeDb).deleteMany({ _id: { $in: old.map((row) => row._id) } });
    await removeEmptyBatches(writeDb, position, next);
    removed += deletedCount;
    position = next;
    await checkpoint.save({ position });
  }
  return removed;
};
