// The log as an operator reads it. Bounded: a page looks at so many positions and no more, by an index; a filter that
// finds little in them gives a short page, and where to go on. The events of one stream or of one request are found by
// their own index; among them are those that have no position yet.
import type { Db, Filter } from 'mongodb';
import type { EventRow } from '../events.ts';
import { nextPosition } from '../stores/event-log.ts';
import { eventRows } from '../stores/event-rows.ts';
import { type EventPosition, findPositions, readPositions } from '../stores/positions.ts';

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
const few = 500;

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

interface Placed {
  _id: string;
  position: number | null;
}

const withPositions = async <R extends { _id: string }>(db: Db, rows: R[]): Promise<(R & Placed)[]> => {
  const positions = await findPositions(
    db,
    rows.map(({ _id }) => _id),
  );
  return rows.map((row) => ({ ...row, position: positions.get(row._id) ?? null }));
};

/** In the order of what is given; what has gone since is left out. */
const withRows = async (db: Db, placed: Placed[]): Promise<LogEntry[]> => {
  const rows = await eventRows(db)
    .find({ _id: { $in: placed.map(({ _id }) => _id) } })
    .toArray();
  const byId = new Map(rows.map((row) => [row._id, row]));
  return placed.flatMap(({ _id, position }) => {
    const row = byId.get(_id);
    return row === undefined ? [] : [{ ...row, position }];
  });
};

/** The time of the event at a position: near it a page of few events goes on. */
const timeAt = async (db: Db, position: number): Promise<Date | undefined> => {
  const [place] = await readPositions(db, { order: 'asc', after: position - 1, limit: 1 });
  const row = place === undefined ? null : await eventRows(db).findOne({ _id: place.event_id });
  return row?.recorded_at;
};

/** An event's time and its place may be so far apart: by clocks that differ, and by a commit that takes its time. */
const mostApartMs = 900_000;

const sinceOf = async (db: Db, { order, after_position: after }: LogQuery): Promise<Filter<EventRow>> => {
  const time = after === undefined ? undefined : await timeAt(db, after);
  if (time === undefined) return {};
  return {
    recorded_at:
      order === 'asc'
        ? { $gte: new Date(time.getTime() - mostApartMs) }
        : { $lte: new Date(time.getTime() + mostApartMs) },
  };
};

/** Those without a position are the newest; they are on the first page of the newest, and on the last of the oldest. */
const isPast = ({ order, after_position: after }: LogQuery, position: number | null): boolean => {
  if (after === undefined) return true;
  if (position === null) return order === 'asc';
  return order === 'asc' ? position > after : position < after;
};

const placeOf = ({ position }: Placed): number => position ?? Number.MAX_SAFE_INTEGER;

/** Of one stream, or of one request. They are found in the order of their times, which is not quite that of the log. */
const listFew = async (db: Db, query: LogQuery): Promise<LogPage> => {
  const { order, limit, stream_id } = query;
  const direction = order === 'asc' ? 1 : -1;
  const filter = { ...toFilter(query), ...(await sinceOf(db, query)) };
  const past: Placed[] = [];
  for (let looked = 0, isEnd = false; !isEnd && past.length <= limit; looked += few) {
    const keys = await eventRows(db)
      .find<{ _id: string }>(filter, { projection: { _id: 1 } })
      .sort(stream_id === undefined ? { recorded_at: direction } : { version: direction })
      .skip(looked)
      .limit(few)
      .toArray();
    isEnd = keys.length < few;
    past.push(...(await withPositions(db, keys)).filter(({ position }) => isPast(query, position)));
  }
  past.sort((one, other) => direction * (placeOf(one) - placeOf(other)));
  const page = await withRows(db, past.slice(0, limit));
  if (past.length <= limit) return { events: page };
  const last = page.at(-1)?.position ?? null;
  // Where the newest have no position, all that have one come after them.
  const next = last ?? (order === 'desc' ? await nextPosition(db) : undefined);
  return next === undefined ? { events: page } : { events: page, next };
};

/** Those of the places that the filter lets pass, up to `limit` and one. */
const choose = async (db: Db, query: LogQuery, places: EventPosition[]): Promise<LogEntry[]> => {
  const ids = places.map(({ event_id }) => event_id);
  const fitting = await eventRows(db)
    .find<{ _id: string }>({ ...toFilter(query), _id: { $in: ids } }, { projection: { _id: 1 } })
    .toArray();
  const fits = new Set(fitting.map(({ _id }) => _id));
  const chosen = places.filter(({ event_id }) => fits.has(event_id)).slice(0, query.limit + 1);
  return withRows(
    db,
    chosen.map(({ event_id: _id, position }) => ({ _id, position })),
  );
};

export const listEvents = async (db: Db, query: LogQuery): Promise<LogPage> => {
  if (query.stream_id !== undefined || query.correlation_id !== undefined) return listFew(db, query);
  const { order, limit } = query;
  const isWhole = query.type === undefined && query.stream_type === undefined;
  const found: LogEntry[] = [];
  let after = query.after_position;
  for (let looked = 0; looked < mostLookedAt && found.length <= limit; looked += step) {
    const places = await readPositions(db, { order, after, limit: isWhole ? limit + 1 : step });
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
