// Positions as such: which event has which. event-log.ts gives them away and reads events by them.
import type { Db } from 'mongodb';
import { type PositionBatch, positionsCollection } from './event-log.ts';

export interface EventPosition {
  event_id: string;
  position: number;
}

const batches = (db: Db) => db.collection<PositionBatch>(positionsCollection);

/** The places after a position (absent: from the first, or the newest), in the order asked for; none at the end. */
export const readPositions = async (
  db: Db,
  { order, after, limit }: { order: 'asc' | 'desc'; after?: number | undefined; limit: number },
): Promise<EventPosition[]> => {
  const isAsc = order === 'asc';
  const start =
    isAsc && after !== undefined
      ? await batches(db)
          .find({ _id: { $lte: after } })
          .sort({ _id: -1 })
          .limit(1)
          .next()
      : null;
  const range = isAsc ? { $gte: start?._id ?? 0 } : { $lt: after ?? Number.MAX_SAFE_INTEGER };
  const places: EventPosition[] = [];
  const cursor = batches(db)
    .find({ _id: range })
    .sort({ _id: isAsc ? 1 : -1 })
    .limit(limit + 1);
  for await (const { _id: first, event_ids } of cursor) {
    const all = event_ids.map((event_id, index) => ({ event_id, position: first + index }));
    const past = all.filter(
      ({ position }) => after === undefined || (isAsc ? position > after : position < after),
    );
    places.push(...(isAsc ? past : past.reverse()));
    if (places.length >= limit) break;
  }
  return places.slice(0, limit);
};

/** The positions of up to some hundred events; one that the relay has not seen has none. */
export const findPositions = async (db: Db, eventIds: readonly string[]): Promise<Map<string, number>> => {
  if (eventIds.length === 0) return new Map();
  const wanted = new Set(eventIds);
  const found = new Map<string, number>();
  for await (const { _id: first, event_ids } of batches(db).find({ event_ids: { $in: [...eventIds] } })) {
    for (const [index, id] of event_ids.entries()) if (wanted.has(id)) found.set(id, first + index);
  }
  return found;
};
