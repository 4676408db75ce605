// The log in one order. Guarantees: positions are dense from 1, in commit order, and a stream's versions keep theirs.
// An event has no position before the relay has seen it.
import type { Db } from 'mongodb';
import { eventRows } from './event-rows.ts';
import type { EventRow } from './events.ts';
import type { Lease } from './lease.ts';
import { inTransaction } from './transaction.ts';

/** Up to `limit` events from `position` on, in order. */
export const readAll = (db: Db, fromPosition: number, limit: number): Promise<EventRow[]> =>
  eventRows(db)
    .find({ position: { $gte: fromPosition } })
    .sort({ position: 1 })
    .limit(limit)
    .toArray();

const unstamped = { pending: true, position: { $exists: false } } as const;

/**
 * Gives the next `limit` committed events their positions, fenced by the lease, and gives them back in that order.
 *
 * A snapshot that shows a version shows the ones before it too, and `recorded_at` never goes back within a stream, so
 * by (recorded_at, version) none can be cut off behind its successor.
 */
export const stampPending = async (db: Db, lease: Lease, limit: number): Promise<EventRow[]> => {
  const events = eventRows(db);
  if ((await events.findOne(unstamped, { projection: { _id: 1 } })) === null) return [];
  return inTransaction(db.client, async (session) => {
    const rows = await events
      .find(unstamped, { session })
      .sort({ recorded_at: 1, version: 1 })
      .limit(limit)
      .toArray();
    if (rows.length === 0) return rows;
    const first = (await lease.advance(session, 'positions', rows.length)) + 1;
    const ids = rows.map((row) => row._id);
    // One command for the whole batch: a write for each row costs half of the relay's throughput.
    const position = { $add: [first, { $indexOfArray: [ids, '$_id'] }] };
    await events.updateMany({ _id: { $in: ids } }, [{ $set: { position } }], { session });
    return rows.map((row, index) => ({ ...row, position: first + index }));
  });
};
