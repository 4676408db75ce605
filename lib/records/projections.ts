// The read models of records: the value with its writes, and the reads, each at its own version.
import type { Db } from 'mongodb';
import type { Projection, View } from '../core/projection/projection.ts';
import { projector } from '../core/projection/projector.ts';
import type { ReadModelDefinition } from '../core/projection/read-model.ts';
import { stateSource } from '../core/projection/sources.ts';
import {
  type RecordEvent,
  type RecordReads,
  type RecordReadsEvent,
  recordEvents,
  recordReadsEvents,
  recordReadsState,
  recordState,
  type StoredRecord,
} from './record.ts';
import { recordReadsCollection, recordsCollection } from './store.ts';

export interface RecordDocument extends StoredRecord {
  created_at: Date;
}

export const recordView: Projection<RecordDocument, RecordEvent> = {
  name: 'records',
  streamType: 'Record',
  schemaVersion: 1,
  eventTypes: recordEvents,
  evolve: (view, event) => ({
    value: event.data.value,
    write_count: (view?.write_count ?? 0) + 1,
    created_at: view?.created_at ?? event.recorded_at,
  }),
};

export const recordReadsView: Projection<RecordReads, RecordReadsEvent> = {
  name: 'record-reads',
  streamType: 'RecordReads',
  schemaVersion: 1,
  eventTypes: recordReadsEvents,
  evolve: (view, event) => ({ read_count: (view?.read_count ?? 0) + event.data.count }),
};

export const recordViewsCollection = 'record_views';
export const recordReadViewsCollection = 'record_read_views';

export const recordViews = (readDb: Db) => readDb.collection<View<RecordDocument>>(recordViewsCollection);
export const recordReadViews = (readDb: Db) =>
  readDb.collection<View<RecordReads>>(recordReadViewsCollection);

export const recordModel: ReadModelDefinition<Projection> = {
  projection: recordView,
  collection: recordViewsCollection,
  source: (writeDb) =>
    stateSource(writeDb, { collection: recordsCollection, state: recordState }, recordView, (record) => ({
      value: record.value,
      write_count: record.write_count,
      created_at: record.created_at,
    })),
  indexes: [],
};

export const recordReadsModel: ReadModelDefinition<Projection> = {
  projection: recordReadsView,
  collection: recordReadViewsCollection,
  source: (writeDb) =>
    stateSource(
      writeDb,
      { collection: recordReadsCollection, state: recordReadsState },
      recordReadsView,
      ({ read_count }) => ({
        read_count,
      }),
    ),
  indexes: [],
};

export const recordsProjector = projector('records-projector', [recordModel, recordReadsModel]);
