// Goes through the log in order, batch after batch, from a position on. Guarantees: every event from there on is visited
// at least once; a crash costs the batch it happened in, since `onReached` is told after each.
import type { Db } from 'mongodb';
import { type PositionedRow, readAll } from '../stores/event-log.ts';

export interface LogWalk {
  db: Db;
  from: number;
  timeLeftMs(): number;
  /** The rows of a batch that may be visited by now, from its first on; all where absent. */
  ready?(rows: PositionedRow[]): PositionedRow[];
  visit(rows: PositionedRow[]): Promise<void>;
  /** Keeps the position to go on from. */
  onReached(position: number): Promise<void>;
}

const batchSize = 500;
const reserveMs = 2_000;

/** Gives the position to go on from, and whether the end was reached. */
export const walkLog = async ({
  db,
  from,
  timeLeftMs,
  ready = (rows) => rows,
  visit,
  onReached,
}: LogWalk): Promise<{ position: number; done: boolean }> => {
  let position = from;
  while (timeLeftMs() > reserveMs) {
    const { events, next } = await readAll(db, position, batchSize);
    const rows = ready(events);
    const reached = rows.length === events.length ? next : (events[rows.length]?.position ?? position);
    if (reached === position) return { position, done: true };
    await visit(rows);
    position = reached;
    await onReached(position);
  }
  return { position, done: false };
};
