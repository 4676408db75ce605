// Keeps the evolved document; its events are rows beside it, written in the same transaction.
// The document is the state with `_id`, `version`, `schema_version`, `created_at` and `updated_at`.
import type { Collection, Db } from 'mongodb';
import type { Decider, DomainCommand, DomainEvent } from '../decider.ts';
import type { EventTypes } from '../events.ts';
import type { StateShape } from '../shape.ts';
import { findByKey, keepKey, rememberUnchanged } from './command-keys.ts';
import { keepCommands } from './command-log.ts';
import { appendError, eventRows, findKeys, insertRows, makeRows, recorded } from './event-rows.ts';
import { readState, type StateFields } from './state-document.ts';
import { type AggregateStore, type Loaded, versionConflict } from './store.ts';
import { inTransaction } from './transaction.ts';

interface StateStoredOptions<S, E extends DomainEvent> {
  db: Db;
  streamType: string;
  collection: string;
  /** Where to keep the commands as they arrived; not kept if absent. */
  commandsCollection?: string;
  decider: Pick<Decider<DomainCommand, S, E>, 'initialState'>;
  state: StateShape<S & object>;
  eventTypes: EventTypes;
}

export const stateStored = <S extends object | undefined, E extends DomainEvent>({
  db,
  streamType,
  collection,
  commandsCollection,
  decider,
  state,
  eventTypes,
}: StateStoredOptions<S, E>): AggregateStore<S, E> => {
  // What a schema calls optional is absent, and not null, when it is read again.
  const documents: Collection<StateFields> = db.collection(collection, { ignoreUndefined: true });
  const events = eventRows(db);
  return {
    streamType,

    async load(id, level = 'local'): Promise<Loaded<S>> {
      const document = await documents.findOne({ _id: id }, { readConcern: { level } });
      if (document === null) return { state: decider.initialState, version: 0 };
      return readState(state, streamType, document);
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
        schema_version: state.schema_version,
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
          await keepKey(db, id, last, append.key, session);
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
