// Events that a queue refused for good, as an operator sees them: dead letters of the relay.
import type { Db } from 'mongodb';
import { eventRows } from '../stores/event-rows.ts';

export interface ParkedEvent {
  event_id: string;
  stream_id: string;
  type: string;
  correlation_id: string;
  error: string;
  attempts: number;
  parked_at: Date;
}

/** The latest first, from those before `after` on. */
export const listParked = async (
  db: Db,
  limit: number,
  after?: { at: Date; id: string },
): Promise<ParkedEvent[]> => {
  const filter =
    after === undefined
      ? { parked_at: { $exists: true } }
      : { $or: [{ parked_at: { $lt: after.at } }, { parked_at: after.at, _id: { $lt: after.id } }] };
  const rows = await eventRows(db).find(filter).sort({ parked_at: -1, _id: -1 }).limit(limit).toArray();
  return rows.map((row) => ({
    event_id: row._id,
    stream_id: row.stream_id,
    type: row.type,
    correlation_id: row.metadata.correlation_id,
    error: row.error ?? '',
    attempts: row.attempts ?? 0,
    parked_at: row.parked_at ?? new Date(0),
  }));
};

/** Makes parked events pending again, all or by id; gives their number. */
export const unpark = async (db: Db, eventIds?: string[]): Promise<number> => {
  const chosen = eventIds === undefined ? {} : { _id: { $in: eventIds } };
  const { modifiedCount } = await eventRows(db).updateMany(
    { ...chosen, parked_at: { $exists: true } },
    { $set: { pending: true, attempts: 0, next_attempt_at: new Date(0) }, $unset: { parked_at: true } },
  );
  return modifiedCount;
};
