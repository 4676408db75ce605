// What both stores do with the `events` collection: make rows and insert them.
import type { ClientSession, Collection, Db, Filter } from 'mongodb';
import { v7 as uuidv7 } from 'uuid';
import type { DomainEvent } from '../decider.ts';
import { duplicateKeys, isTransient, isUnavailable } from '../driver-errors.ts';
import {
  type EventRow,
  type EventTypes,
  fromRow,
  type RecordedEvent,
  schemaVersionOf,
  streamId,
} from '../events.ts';
import { type Append, duplicateCommand, versionConflict } from './store.ts';

export const eventsCollection = 'events';

export const eventRows = (db: Db): Collection<EventRow> =>
  // What a schema calls optional is absent, and not null, when it is read again.
  db.collection<EventRow>(eventsCollection, { ignoreUndefined: true });

/** A row without what is in the event. */
export type KeyRow = Omit<EventRow, 'data' | 'metadata' | 'idempotency_keys'>;

/** Rows without what is in the events, oldest first if a `limit` is given. */
export const findKeyRows = (db: Db, filter: Filter<EventRow>, limit?: number): Promise<KeyRow[]> => {
  const found = eventRows(db).find<KeyRow>(filter, {
    projection: { data: 0, metadata: 0, idempotency_keys: 0 },
  });
  return (limit === undefined ? found : found.sort({ recorded_at: 1, version: 1 }).limit(limit)).toArray();
};

/** The time of the next event: the clock's, but never before the stream's last one. */
export const nextRecordedAt = (previous: Date | undefined, now = new Date()): Date =>
  previous !== undefined && previous > now ? previous : now;

export const makeRows = <S, E extends DomainEvent>(
  types: EventTypes,
  streamType: string,
  id: string,
  append: Append<S, E>,
): EventRow[] => {
  const recorded_at = nextRecordedAt(append.from.updated_at);
  const rows = append.events.map(
    (event, index): EventRow => ({
      _id: uuidv7(),
      stream_id: streamId(streamType, id),
      stream_type: streamType,
      version: append.from.version + index + 1,
      type: event.type,
      schema_version: schemaVersionOf(types, event.type),
      data: event.data,
      metadata: append.metadata,
      recorded_at,
      pending: true,
    }),
  );
  const last = rows.at(-1);
  const keys = [...(append.key === undefined ? [] : [append.key]), ...(append.commandIds ?? [])];
  if (last !== undefined && keys.length > 0) last.idempotency_keys = keys;
  return rows;
};

/** The rows as the domain's events: the one place where a stored type meets the domain's union. */
export const recorded = <E extends DomainEvent>(rows: EventRow[]): RecordedEvent<E>[] =>
  rows.map(fromRow) as RecordedEvent<E>[];

/** A failed append in the port's words: a lost race, a key used before, or the error as it was. */
export const appendError = (stream: string, error: unknown): unknown => {
  const keys = duplicateKeys(error);
  if (keys?.includes('idempotency_keys')) return duplicateCommand(error);
  // What a fail-over ended is no lost race: tried again at once, it would wait for a server that is not there.
  if (keys !== undefined || (isTransient(error) && !isUnavailable(error)))
    return versionConflict(stream, error);
  return error;
};

export const insertRows = async (
  events: Collection<EventRow>,
  rows: EventRow[],
  session: ClientSession,
): Promise<void> => {
  const [first] = rows;
  // Most appends are of one row, and the driver's bulk path is dear.
  if (first !== undefined && rows.length === 1) await events.insertOne(first, { session });
  else await events.insertMany(rows, { session });
};

/** Those of the keys that an append fulfilled before. */
export const findKeys = async (db: Db, keys: string[]): Promise<Set<string>> => {
  const rows = await eventRows(db)
    .find({ idempotency_keys: { $in: keys } }, { projection: { idempotency_keys: 1 } })
    .toArray();
  const found = new Set(rows.flatMap((row) => row.idempotency_keys ?? []));
  return new Set(keys.filter((key) => found.has(key)));
};
