// The log as an operator reads it. Bounded: a page looks at so many positions and no more, by an index; a filter that
// finds little in them gives a short page, and where to go on. The events of one stream or of one request are found by
// their own index; among them are those that have no position yet.
import type { Db, Filter } from 'mongodb';
import type { EventRow } from '../events.ts';
import { eventRows } from '../stores/event-rows.ts';
import { findPositions, type Place, readPlaces } from '../stores/positions.ts';

export interface LogQuery {
  order: 'asc' | 'desc';
  after_position?: number | undefined;
  stream_type?: string | undefined;
  type?: string | undefined;
  stream_id?: string | undefined;
  correlation_id?: string | undefined;
  limit: number;
}

export interface LogEntry extends EventRow {
  position: number | null;
}

export interface LogPage {
  events: LogEntry[];
  /** The position to go on from; undefined at the end. */
  next?: number;
}

const mostLookedAt = 5_000;
const step = 1_000;

const toFilter = ({ stream_type, type, stream_id, correlation_id }: LogQuery): Filter<EventRow> => ({
  ...(stream_type === undefined ? {} : { stream_type }),
  ...(type === undefined ? {} : { type }),
  ...(stream_id === undefined ? {} : { stream_id }),
  ...(correlation_id === undefined ? {} : { 'metadata.correlation_id': correlation_id }),
});

const toPage = (events: LogEntry[], limit: number, lookedUpTo?: number): LogPage => {
  const page = events.slice(0, limit);
  const next = events.length > limit ? page.at(-1)?.position : lookedUpTo;
  return next === undefined || next === null ? { events: page } : { events: page, next };
};

const withPositions = async (db: Db, rows: EventRow[]): Promise<LogEntry[]> => {
  const positions = await findPositions(
    db,
    rows.map(({ _id }) => _id),
  );
  return rows.map((row) => ({ ...row, position: positions.get(row._id) ?? null }));
};

/** The time of the event at a position: where a page of few events goes on. */
const timeAt = async (db: Db, position: number): Promise<Date | undefined> => {
  const [place] = await readPlaces(db, { order: 'asc', after: position - 1, limit: 1 });
  const row = place === undefined ? null : await eventRows(db).findOne({ _id: place.event_id });
  return row?.recorded_at;
};

/** Of one stream, or of one request. */
const listFew = async (db: Db, query: LogQuery): Promise<LogPage> => {
  const { order, after_position: after, limit } = query;
  const isAsc = order === 'asc';
  const time = after === undefined ? undefined : await timeAt(db, after);
  const since = time === undefined ? {} : { recorded_at: isAsc ? { $gte: time } : { $lte: time } };
  const rows = await eventRows(db)
    .find({ ...toFilter(query), ...since })
    .sort(query.stream_id === undefined ? { recorded_at: isAsc ? 1 : -1 } : { version: isAsc ? 1 : -1 })
    .limit(limit * 2 + 1)
    .toArray();
  const entries = await withPositions(db, rows);
  const isPast = ({ position }: LogEntry): boolean =>
    after === undefined || position === null || (isAsc ? position > after : position < after);
  return toPage(entries.filter(isPast), limit);
};

/** Those of the places that the filter lets pass, up to `limit` and one. */
const choose = async (db: Db, query: LogQuery, places: Place[]): Promise<LogEntry[]> => {
  const ids = places.map(({ event_id }) => event_id);
  const fitting = await eventRows(db)
    .find<{ _id: string }>({ ...toFilter(query), _id: { $in: ids } }, { projection: { _id: 1 } })
    .toArray();
  const fits = new Set(fitting.map(({ _id }) => _id));
  const chosen = places.filter(({ event_id }) => fits.has(event_id)).slice(0, query.limit + 1);
  const rows = await eventRows(db)
    .find({ _id: { $in: chosen.map(({ event_id }) => event_id) } })
    .toArray();
  const byId = new Map(rows.map((row) => [row._id, row]));
  return chosen.flatMap(({ event_id, position }) => {
    const row = byId.get(event_id);
    return row === undefined ? [] : [{ ...row, position }];
  });
};

export const listEvents = async (db: Db, query: LogQuery): Promise<LogPage> => {
  if (query.stream_id !== undefined || query.correlation_id !== undefined) return listFew(db, query);
  const { order, limit } = query;
  const isWhole = query.type === undefined && query.stream_type === undefined;
  const found: LogEntry[] = [];
  let after = query.after_position;
  for (let looked = 0; looked < mostLookedAt && found.length <= limit; looked += step) {
    const places = await readPlaces(db, { order, after, limit: isWhole ? limit + 1 : step });
    if (places.length === 0) return toPage(found, limit);
    found.push(...(await choose(db, query, places)));
    after = places.at(-1)?.position;
  }
  return toPage(found, limit, after);
};

/** One event with its position, if it has one; undefined if there is no such event. */
export const findEvent = async (db: Db, eventId: string): Promise<LogEntry | undefined> => {
  const row = await eventRows(db).findOne({ _id: eventId });
  return row === null ? undefined : (await withPositions(db, [row]))[0];
};
