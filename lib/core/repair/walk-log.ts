// Goes through the log in order, batch after batch, from a position on. Guarantees: every event from there on is visited
// at least once; a crash costs the batch it happened in, since `onReached` is told after each.
import type { Db } from 'mongodb';

export interface LogWalk<R extends { position: number }> {
  db: Db;
  /** Reads about `limit` events from a position on: readAll, or readKeys. */
  read(db: Db, from: number, limit: number): Promise<{ events: R[]; next: number }>;
  from: number;
  timeLeftMs(): number;
  /** The rows of a batch that may be visited by now, from its first on; all if absent. */
  ready?(rows: R[]): R[];
  visit(rows: R[]): Promise<void>;
  /** Keeps the position to go on from. */
  onReached(position: number): Promise<void>;
}

const batchSize = 500;
const reserveMs = 2_000;

/** Gives the position to go on from, and whether the end was reached. */
export const walkLog = async <R extends { position: number }>({
  db,
  read,
  from,
  timeLeftMs,
  ready = (rows) => rows,
  visit,
  onReached,
}: LogWalk<R>): Promise<{ position: number; done: boolean }> => {
  let position = from;
  while (timeLeftMs() > reserveMs) {
    const { events, next } = await read(db, position, batchSize);
    const rows = ready(events);
    const reached = rows.length === events.length ? next : (events[rows.length]?.position ?? position);
    if (reached === position) return { position, done: true };
    await visit(rows);
    position = reached;
    await onReached(position);
  }
  return { position, done: false };
};
