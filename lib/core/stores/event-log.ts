// The log of all streams in one order. Guarantees: positions are dense from 1, in commit order, and a stream's versions
// keep theirs. A batch of positions is one row that lists its events: a field on each event would be a second write of
// every row, which halves the relay's throughput. An event has no position before the relay has seen it.
import type { Db } from 'mongodb';
import { duplicateKeys } from '../driver-errors.ts';
import { AppError } from '../errors.ts';
import type { EventRow } from '../events.ts';
import { eventRows, findKeyRows, type KeyRow } from './event-rows.ts';

export const positionsCollection = 'positions';

/** `_id` is the position of the first event. `open` until each event is published or its trouble kept on its row. */
export interface PositionBatch {
  _id: number;
  event_ids: string[];
  open?: true;
}

export interface PositionedRow extends EventRow {
  position: number;
}

const batches = (db: Db) => db.collection<PositionBatch>(positionsCollection);

/** The position that comes next. */
export const nextPosition = async (db: Db): Promise<number> => {
  const last = await batches(db).find().sort({ _id: -1 }).limit(1).next();
  return last === null ? 1 : last._id + last.event_ids.length;
};

/**
 * Gives the events the positions from `first` on.
 * @throws AppError `lease_lost` if another relay has given them away: whoever works on an old picture of the log
 * collides here, so that no event is listed twice, lease or not.
 */
export const appendPositions = async (db: Db, first: number, eventIds: string[]): Promise<void> => {
  try {
    await batches(db).insertOne({ _id: first, event_ids: eventIds, open: true });
  } catch (error) {
    if (duplicateKeys(error) === undefined) throw error;
    throw new AppError('lease_lost', `Position ${first} was given by another relay`, { cause: error });
  }
};

/** The batch needs no second look after a crash. Losing this write costs duplicates only. */
export const closePositions = async (db: Db, first: number): Promise<void> => {
  await batches(db).updateOne({ _id: first }, { $unset: { open: true } }, { writeConcern: { w: 1 } });
};

/** Batches that an earlier relay may not have published in full. */
export const openPositions = (db: Db): Promise<PositionBatch[]> =>
  batches(db).find({ open: true }).sort({ _id: 1 }).toArray();

/** The positions from one on, about `limit` of them and always whole batches, by event; `next` is where to go on. */
const positionsFrom = async (
  db: Db,
  fromPosition: number,
  limit: number,
): Promise<{ positions: Map<string, number>; next: number }> => {
  const start = await batches(db)
    .find({ _id: { $lte: fromPosition } })
    .sort({ _id: -1 })
    .limit(1)
    .next();
  const positions = new Map<string, number>();
  let next = fromPosition;
  for await (const batch of batches(db)
    .find({ _id: { $gte: start?._id ?? fromPosition } })
    .sort({ _id: 1 })) {
    for (const [index, id] of batch.event_ids.entries()) {
      if (batch._id + index >= fromPosition) positions.set(id, batch._id + index);
    }
    next = Math.max(next, batch._id + batch.event_ids.length);
    if (positions.size >= limit) break;
  }
  return { positions, next };
};

const inOrder = <R extends { _id: string }>(rows: R[], positions: Map<string, number>) =>
  rows
    .map((row) => ({ ...row, position: positions.get(row._id) ?? 0 }))
    .sort((one, other) => one.position - other.position);

/**
 * Events from a position on, in order, about `limit` of them and always whole batches; `next` is where to go on.
 * Events that retention has removed are left out.
 */
export const readAll = async (
  db: Db,
  fromPosition: number,
  limit: number,
): Promise<{ events: PositionedRow[]; next: number }> => {
  const { positions, next } = await positionsFrom(db, fromPosition, limit);
  const rows = await eventRows(db)
    .find({ _id: { $in: [...positions.keys()] } })
    .toArray();
  return { events: inOrder(rows, positions), next };
};

/** The same, without what is in the events: a thousand of them are a small read, however long their texts are. */
export const readKeys = async (
  db: Db,
  fromPosition: number,
  limit: number,
): Promise<{ events: (KeyRow & { position: number })[]; next: number }> => {
  const { positions, next } = await positionsFrom(db, fromPosition, limit);
  return { events: inOrder(await findKeyRows(db, { _id: { $in: [...positions.keys()] } }), positions), next };
};

/** Removes the batches between two positions none of whose events are left. The last one stays: it tells what comes next. */
export const removeEmptyBatches = async (db: Db, from: number, to: number): Promise<void> => {
  const found = await batches(db)
    .find({ _id: { $gte: from, $lt: to } })
    .toArray();
  const last = await batches(db).find().sort({ _id: -1 }).limit(1).next();
  const left = await eventRows(db)
    .find({ _id: { $in: found.flatMap(({ event_ids }) => event_ids) } }, { projection: { _id: 1 } })
    .toArray();
  const ids = new Set(left.map(({ _id }) => _id));
  const empty = found.filter(
    ({ _id, event_ids }) => _id !== last?._id && !event_ids.some((id) => ids.has(id)),
  );
  await batches(db).deleteMany({ _id: { $in: empty.map(({ _id }) => _id) } });
};
