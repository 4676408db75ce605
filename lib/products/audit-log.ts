// The audit log: every event of every product, once, as it was recorded; nothing in it ever changes.
// A row's id is its event's, so that a second delivery meets the first.
import type { Db } from 'mongodb';
import { duplicatesInBulk } from '../core/driver-errors.ts';
import type { EventMetadata, RecordedEvent } from '../core/events.ts';
import { upcast } from '../core/events.ts';
import type { Index } from '../core/indexes.ts';
import { noneApplied, type Subscriber, type SubscriberDefinition } from '../core/projection/subscriber.ts';
import { productEvents } from './product.ts';

export interface AuditRow {
  _id: string;
  stream_id: string;
  stream_type: string;
  type: string;
  version: number;
  schema_version: number;
  data: object;
  metadata: EventMetadata;
  recorded_at: Date;
  logged_at: Date;
}

export const auditLogCollection = 'product_audit_log';

export const auditLog = (readDb: Db) => readDb.collection<AuditRow>(auditLogCollection);

export const auditLogIndexes: Index[] = [
  { collection: auditLogCollection, keys: { recorded_at: -1, _id: -1 } },
  { collection: auditLogCollection, keys: { type: 1, recorded_at: -1, _id: -1 } },
  { collection: auditLogCollection, keys: { stream_id: 1, version: -1 } },
];

const toRow = ({ event_id, ...event }: RecordedEvent): AuditRow => ({
  _id: event_id,
  ...event,
  logged_at: new Date(),
});

/** Gives the events that were not there yet. */
const insertNew = async (readDb: Db, events: RecordedEvent[]): Promise<RecordedEvent[]> => {
  if (events.length === 0) return [];
  try {
    await auditLog(readDb).insertMany(events.map(toRow), { ordered: false });
    return events;
  } catch (error) {
    const duplicates = duplicatesInBulk(error);
    if (duplicates === undefined) throw error;
    const known = new Set(duplicates.indexes);
    return events.filter((_, index) => !known.has(index));
  }
};

const name = 'products-audit-log';

const createAuditLog = (readDb: Db): Subscriber => ({
  name,

  async apply(events) {
    const result = noneApplied();
    const readable = events.filter((event) => {
      try {
        upcast(productEvents, event);
        return true;
      } catch (error) {
        result.failures.set(event.event_id, error);
        return false;
      }
    });
    result.applied = await insertNew(readDb, readable);
    result.duplicates = readable.length - result.applied.length;
    return result;
  },

  async findMissing(events) {
    const ids = events.map(({ event_id }) => event_id);
    const rows = await auditLog(readDb)
      .find({ _id: { $in: ids } }, { projection: { _id: 1 } })
      .toArray();
    const logged = new Set(rows.map(({ _id }) => _id));
    return events.filter(({ event_id }) => !logged.has(event_id));
  },
});

export const productsAuditLog: SubscriberDefinition = {
  name,
  hears: Object.keys(productEvents),
  create: ({ readDb }) => createAuditLog(readDb),
};
