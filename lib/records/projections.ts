// The read models of records: the value with its writes, and the reads, each at its own version.
import type { Db } from 'mongodb';
import type { Projection, ReadDocument } from '../core/projection/projection.ts';
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

export const recordProjection: Projection<RecordDocument, RecordEvent> = {
  name: 'records',
  streamType: 'Record',
  schemaVersion: 1,
  eventTypes: recordEvents,
  evolve: (document, event) => ({
    value: event.data.value,
    write_count: (document?.write_count ?? 0) + 1,
    created_at: document?.created_at ?? event.recorded_at,
  }),
};

export const recordReadsProjection: Projection<RecordReads, RecordReadsEvent> = {
  name: 'record-reads',
  streamType: 'RecordReads',
  schemaVersion: 1,
  eventTypes: recordReadsEvents,
  evolve: (document, event) => ({ read_count: (document?.read_count ?? 0) + event.data.count }),
};

export const recordDocumentsCollection = 'record_views';
export const recordReadDocumentsCollection = 'record_read_views';

export const recordDocuments = (readDb: Db) =>
  readDb.collection<ReadDocument<RecordDocument>>(recordDocumentsCollection);
export const recordReadDocuments = (readDb: Db) =>
  readDb.collection<ReadDocument<RecordReads>>(recordReadDocumentsCollection);

export const recordModel: ReadModelDefinition<Projection> = {
  projection: recordProjection,
  collection: recordDocumentsCollection,
  source: (writeDb) =>
    stateSource(
      writeDb,
      { collection: recordsCollection, state: recordState },
      recordProjection,
      (record) => ({
        value: record.value,
        write_count: record.write_count,
        created_at: record.created_at,
      }),
    ),
  indexes: [],
};

export const recordReadsModel: ReadModelDefinition<Projection> = {
  projection: recordReadsProjection,
  collection: recordReadDocumentsCollection,
  source: (writeDb) =>
    stateSource(
      writeDb,
      { collection: recordReadsCollection, state: recordReadsState },
      recordReadsProjection,
      ({ read_count }) => ({
        read_count,
      }),
    ),
  indexes: [],
};

export const recordsProjector = projector('records-projector', [recordModel, recordReadsModel]);
