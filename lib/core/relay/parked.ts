// Events that a queue refused for good, as an operator sees them: dead letters of the relay.
import type { Db } from 'mongodb';
import { eventRows } from '../stores/event-rows.ts';

export interface ParkedEvent {
  event_id: string;
  type: string;
  error: string;
  parked_at: Date;
}

export const listParked = async (db: Db, limit: number): Promise<ParkedEvent[]> => {
  const rows = await eventRows(db)
    .find({ parked_at: { $exists: true } })
    .sort({ parked_at: -1 })
    .limit(limit)
    .toArray();
  return rows.map(({ _id: event_id, type, error = '', parked_at = new Date(0) }) => ({
    event_id,
    type,
    error,
    parked_at,
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
