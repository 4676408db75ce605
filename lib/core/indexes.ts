// Indexes stand beside what needs them; the machine's own are here.
import type { Db, IndexDescription } from 'mongodb';

export interface Index {
  collection: string;
  keys: IndexDescription['key'];
  options?: Omit<IndexDescription, 'key'>;
}

const day = 86_400;

export const machineWriteIndexes: Index[] = [
  { collection: 'events', keys: { stream_id: 1, version: 1 }, options: { unique: true } },
  { collection: 'events', keys: { idempotency_keys: 1 }, options: { unique: true, sparse: true } },
  {
    collection: 'events',
    keys: { recorded_at: 1, version: 1 },
    options: { name: 'pending', partialFilterExpression: { pending: true } },
  },
  { collection: 'events', keys: { parked_at: 1 }, options: { name: 'parked', sparse: true } },
  { collection: 'events', keys: { next_attempt_at: 1 }, options: { name: 'retried', sparse: true } },
  { collection: 'positions', keys: { open: 1 }, options: { sparse: true } },
  { collection: 'positions', keys: { event_ids: 1 } },
  { collection: 'events', keys: { 'metadata.correlation_id': 1, recorded_at: 1 } },
  {
    collection: 'events',
    keys: { 'metadata.merged_commands.correlation_id': 1, recorded_at: 1 },
    options: {
      name: 'merged',
      partialFilterExpression: { 'metadata.merged_commands.correlation_id': { $exists: true } },
    },
  },
  { collection: 'command_keys', keys: { at: 1 }, options: { expireAfterSeconds: 30 * day } },
];

export const machineReadIndexes: Index[] = [
  { collection: 'lags', keys: { subscription: 1, minute: 1 } },
  { collection: 'lags', keys: { minute: 1 }, options: { expireAfterSeconds: day } },
  { collection: 'dead_letters', keys: { subscription: 1, fingerprint: 1, last_at: 1 } },
  {
    collection: 'dead_letters',
    keys: { dead: 1, subscription: 1, fingerprint: 1, last_at: -1, _id: -1, first_at: 1, replays: 1 },
    options: { name: 'causes' },
  },
  { collection: 'dead_letters', keys: { subscription: 1, event_id: 1 } },
  { collection: 'dead_letters', keys: { correlation_id: 1 }, options: { sparse: true } },
  { collection: 'operator_actions', keys: { kind: 1, _id: 1 } },
  { collection: 'effects', keys: { 'effects.event_id': 1 } },
  { collection: 'effects', keys: { at: 1 }, options: { expireAfterSeconds: day } },
  { collection: 'discarded_letters', keys: { event_id: 1 } },
  { collection: 'watched_events', keys: { looked_at: 1 } },
  // A dead letter expires after 14 days.
  { collection: 'dead_letters', keys: { last_at: 1 }, options: { expireAfterSeconds: 15 * day } },
];

/** Makes those that are missing, a collection at a time. Making those that are there costs a round trip each. */
export const ensureIndexes = async (db: Db, indexes: Index[]): Promise<void> => {
  for (const [collection, own] of Map.groupBy(indexes, (index) => index.collection)) {
    await db
      .collection(collection)
      .createIndexes(own.map(({ keys, options }) => ({ ...options, key: keys })));
  }
};
