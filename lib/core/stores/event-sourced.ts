// Keeps the events alone. An append of one event without a key is a single insert: atomic without a transaction, outbox
// included.
// A snapshot bounds loading. It is a cache: one whose state today's schema would not give back as it stands, at any
// depth, is thrown away, and the state is folded anew. A change of meaning that leaves the shape goes unnoticed: give the
// field another name.
import { isDeepStrictEqual } from 'node:util';
import type { Db } from 'mongodb';
import type * as z from 'zod';
import type { Decider, DomainCommand, DomainEvent } from '../decider.ts';
import { type EventRow, type EventTypes, fromRow, type RecordedEvent, streamId, upcast } from '../events.ts';
import { findByKey, keepKey, rememberUnchanged } from './command-keys.ts';
import { appendError, eventRows, findKeys, insertRows, makeRows, recorded } from './event-rows.ts';
import type { AggregateStore, Loaded } from './store.ts';
import { durably, inTransaction } from './transaction.ts';

interface Snapshot {
  _id: string;
  state: unknown;
  version: number;
  created_at: Date;
  updated_at: Date;
}

export const snapshotsCollection = 'snapshots';

export interface EventSourcedOptions<S, E extends DomainEvent> {
  db: Db;
  streamType: string;
  decider: Pick<Decider<DomainCommand, S, E>, 'initialState' | 'evolve'>;
  eventTypes: EventTypes;
  /** A snapshot each so many events, and the schema of the state that it keeps. */
  snapshots: { every: number; state: z.ZodType<S & object> };
}

const insertAll = async (db: Db, rows: EventRow[], id: string, key: string | undefined): Promise<void> => {
  const events = eventRows(db);
  const last = rows.at(-1);
  if (last === undefined) return;
  if (rows.length === 1 && key === undefined) {
    await events.insertOne(last, { writeConcern: durably });
    return;
  }
  await inTransaction(db.client, async (session) => {
    await insertRows(events, rows, session);
    await keepKey(db, id, last, key, session);
  });
};

export const eventSourced = <S extends object | undefined, E extends DomainEvent>({
  db,
  streamType,
  decider,
  eventTypes,
  snapshots: { every, state: schema },
}: EventSourcedOptions<S, E>): AggregateStore<S, E> => {
  const events = eventRows(db);
  const snapshots = db.collection<Snapshot>(snapshotsCollection, { ignoreUndefined: true });

  const findSnapshot = async (stream: string, level: 'local' | 'majority'): Promise<Loaded<S>> => {
    const none = { state: decider.initialState, version: 0 };
    const found = await snapshots.findOne({ _id: stream }, { readConcern: { level } });
    const { success, data } = schema.safeParse(found?.state);
    if (found === null || !success || !isDeepStrictEqual(data, found.state)) return none;
    const { version, created_at, updated_at } = found;
    return { state: data, version, created_at, updated_at };
  };

  const saveSnapshot = async (stream: string, snapshot: Omit<Snapshot, '_id'>): Promise<void> => {
    // A lost race or an outage costs nothing but a longer load next time.
    await snapshots.replaceOne({ _id: stream }, snapshot, { upsert: true }).catch(() => undefined);
  };

  return {
    streamType,

    async load(id, level = 'local') {
      const stream = streamId(streamType, id);
      const loaded = await findSnapshot(stream, level);
      for await (const row of events
        .find({ stream_id: stream, version: { $gt: loaded.version } }, { readConcern: { level } })
        .sort({ version: 1 })) {
        loaded.state = decider.evolve(loaded.state, upcast(eventTypes, fromRow(row)) as RecordedEvent<E>);
        loaded.version = row.version;
        loaded.created_at ??= row.recorded_at;
        loaded.updated_at = row.recorded_at;
      }
      return loaded;
    },

    async append(id, append) {
      const rows = makeRows(eventTypes, streamType, id, append);
      const [first] = rows;
      const last = rows.at(-1);
      if (first === undefined || last === undefined) return [];
      try {
        await insertAll(db, rows, id, append.key);
      } catch (error) {
        throw appendError(first.stream_id, error);
      }
      if (Math.floor(last.version / every) > Math.floor(append.from.version / every)) {
        await saveSnapshot(first.stream_id, {
          state: append.next,
          version: last.version,
          created_at: append.from.created_at ?? first.recorded_at,
          updated_at: last.recorded_at,
        });
      }
      return recorded<E>(rows);
    },

    findByKey: (key) => findByKey(db, key),
    findKeys: (keys) => findKeys(db, keys),
    rememberUnchanged: (key, command) => rememberUnchanged(db, key, command),
  };
};
