// The kind of subscriber that keeps one row for each event, as it was recorded. Guarantees: a row is its own inbox, under
// the event's id, so that a delivery that comes again meets it; an event is acknowledged only if its row is there; the
// rows are a read model, to be thrown away and rebuilt. For streams that keep their events: what retention takes from a
// state-stored aggregate's log, a rebuild would take from the rows.
import type { Collection, Db } from 'mongodb';
import { duplicatesInBulk } from '../driver-errors.ts';
import { AppError } from '../errors.ts';
import { checked, type EventRow, type EventTypes, fromRow, type RecordedEvent, streamId } from '../events.ts';
import { eventRows } from '../stores/event-rows.ts';
import { asStored } from './as-stored.ts';
import type { ReadDocument, Recomputed, Source } from './projection.ts';
import type { ReadModelDefinition } from './read-model.ts';
import { between, cutsOf, estimateRows, rangeOf, streamsOf } from './sources.ts';
import { noneApplied, type Resources, type Subscriber, type SubscriberDefinition } from './subscriber.ts';

/** `indexes`: beside those of the rows' ids and streams. */
interface RecorderOptions extends Pick<ReadModelDefinition, 'collection' | 'indexes'> {
  /** Of the subscription and of the read model. */
  name: string;
  streamType: string;
  eventTypes: EventTypes;
}

/** What is kept of an event. `schema_version` is the event's own: a reader upcasts it, as a reader of the log does. */
export type RecordedRow = ReadDocument<Omit<RecordedEvent, 'event_id' | 'version' | 'schema_version'>>;

const toRow = ({ event_id: _id, ...event }: RecordedEvent): RecordedRow =>
  asStored({ _id, ...event, updated_at: event.recorded_at });

const batchSize = 1_000;

const toRecomputed = (row: EventRow): Recomputed => ({ id: row._id, document: toRow(fromRow(row)) });

const rowSource = (writeDb: Db, streamType: string): Source => {
  const events = eventRows(writeDb);
  const ofType = { stream_id: streamsOf(streamType) };
  return {
    current: async (ids) => (await events.find({ _id: { $in: ids }, ...ofType }).toArray()).map(toRecomputed),
    async ofAggregate(id, since) {
      const ofStream = { stream_id: streamId(streamType, id), version: { $gte: since } };
      const rows = await events.find(ofStream).sort({ version: 1 }).toArray();
      return { expected: rows.map(toRecomputed), there: ofStream };
    },
    async *scan(segment) {
      const rows = events.find({ _id: { $gt: '', ...rangeOf(segment) }, ...ofType });
      // By the ids, whatever other streams lie between: sorting a whole log takes more than a server gives.
      for await (const row of rows.sort({ _id: 1 }).hint({ _id: 1 }).batchSize(batchSize))
        yield toRecomputed(row);
    },
    segments: async (count) => between(await cutsOf(events, '_id', ofType, count)),
    estimate: () => estimateRows(events, { stream_type: streamType }),
  };
};

/** Gives the events whose rows were not there yet. */
const insertNew = async (
  rows: Collection<RecordedRow>,
  events: RecordedEvent[],
): Promise<RecordedEvent[]> => {
  if (events.length === 0) return [];
  try {
    await rows.insertMany(events.map(toRow), { ordered: false });
    return events;
  } catch (error) {
    const duplicates = duplicatesInBulk(error);
    if (duplicates === undefined) throw error;
    const known = new Set(duplicates.indexes);
    return events.filter((_, index) => !known.has(index));
  }
};

const create = (
  { name, streamType, eventTypes, collection }: RecorderOptions,
  { readDb }: Resources,
): Subscriber => {
  const rows = readDb.collection<RecordedRow>(collection);

  const check = (event: RecordedEvent): void => {
    if (event.stream_type !== streamType)
      throw new AppError('unknown_event', `${name} keeps nothing of ${event.stream_type}`);
    checked(eventTypes, event);
  };

  return {
    name,

    async apply(events) {
      const result = noneApplied();
      const readable = events.filter((event) => {
        try {
          check(event);
          return true;
        } catch (error) {
          result.failures.set(event.event_id, error);
          return false;
        }
      });
      result.applied = await insertNew(rows, readable);
      result.duplicates = readable.length - result.applied.length;
      return result;
    },

    async findMissing(events) {
      const ids = events.map(({ event_id }) => event_id);
      const found = await rows.find({ _id: { $in: ids } }, { projection: { _id: 1 } }).toArray();
      const there = new Set(found.map(({ _id }) => _id));
      return events.filter(({ event_id }) => !there.has(event_id));
    },
  };
};

/** The read model and the subscriber that keeps it. */
export const recorder = (
  options: RecorderOptions,
): { model: ReadModelDefinition; subscriber: SubscriberDefinition } => {
  const { name, streamType, eventTypes, collection, indexes } = options;
  const model: ReadModelDefinition = {
    projection: { name, streamType, schemaVersion: 1 },
    collection,
    source: (writeDb) => rowSource(writeDb, streamType),
    indexes: [...indexes, { keys: { stream_id: 1, version: -1 } }],
  };
  const hears = Object.keys(eventTypes);
  return {
    model,
    subscriber: { name, hears, keeps: [model], create: (resources) => create(options, resources) },
  };
};
