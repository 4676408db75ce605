// Keeps the evolved document; its events are rows beside it, written in the same transaction.
// The document is the state with `_id`, `version`, `created_at` and `updated_at`.
import type { Collection, Db } from 'mongodb';
import type { Decider, DomainCommand, DomainEvent } from '../decider.ts';
import type { EventTypes } from '../events.ts';
import { keepCommands } from './command-log.ts';
import {
  appendError,
  eventRows,
  findByKey,
  findKeys,
  insertRows,
  makeRows,
  recorded,
  rememberUnchanged,
} from './event-rows.ts';
import { type AggregateStore, type Loaded, versionConflict } from './store.ts';
import { inTransaction } from './transaction.ts';

export type StateDocument<S> = S & { _id: string; version: number; created_at: Date; updated_at: Date };

interface StateStoredOptions<S, E extends DomainEvent> {
  db: Db;
  streamType: string;
  collection: string;
  /** Where to keep the commands as they arrived; not kept where absent. */
  commandsCollection?: string;
  decider: Pick<Decider<DomainCommand, S, E>, 'initialState'>;
  eventTypes: EventTypes;
}

interface StoredState {
  _id: string;
  version: number;
  created_at: Date;
  updated_at: Date;
}

export const stateStored = <S extends object | undefined, E extends DomainEvent>({
  db,
  streamType,
  collection,
  commandsCollection,
  decider,
  eventTypes,
}: StateStoredOptions<S, E>): AggregateStore<S, E> => {
  const documents: Collection<StoredState> = db.collection(collection);
  const events = eventRows(db);
  return {
    streamType,

    async load(id, level = 'local'): Promise<Loaded<S>> {
      const document = await documents.findOne({ _id: id }, { readConcern: { level } });
      if (document === null) return { state: decider.initialState, version: 0 };
      const { _id, version, created_at, updated_at, ...state } = document;
      return { state: state as S & object, version, created_at, updated_at };
    },

    async append(id, append) {
      const rows = makeRows(eventTypes, streamType, id, append);
      const last = rows.at(-1);
      if (last === undefined) return [];
      const { version: from, created_at = last.recorded_at } = append.from;
      const document = {
        ...append.next,
        _id: id,
        version: last.version,
        created_at,
        updated_at: last.recorded_at,
      };
      try {
        await inTransaction(db.client, async (session) => {
          if (from === 0) await documents.insertOne(document, { session });
          else {
            const replaced = await documents.replaceOne({ _id: id, version: from }, document, { session });
            if (replaced.matchedCount === 0) throw versionConflict(last.stream_id);
          }
          await insertRows(events, rows, session);
          if (commandsCollection !== undefined) {
            const arrived = {
              commands: append.commands ?? [],
              stream_id: last.stream_id,
              now: last.recorded_at,
            };
            await keepCommands(db, commandsCollection, arrived, session);
          }
        });
      } catch (error) {
        throw appendError(last.stream_id, error);
      }
      return recorded<E>(rows);
    },

    findByKey: (key) => findByKey(db, key),
    findKeys: (keys) => findKeys(db, keys),
    rememberUnchanged: (key, command) => rememberUnchanged(db, key, command),
  };
};
