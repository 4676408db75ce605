// Where records and their reads are kept on the write database, with the commands as they arrived beside them.
import type { Db } from 'mongodb';
import type { Index } from '../core/indexes.ts';
import { stateStored } from '../core/stores/state-stored.ts';
import {
  type RecordEvent,
  type RecordReads,
  type RecordReadsEvent,
  recordDecider,
  recordEvents,
  recordReadsDecider,
  recordReadsEvents,
  recordReadsState,
  recordState,
  type StoredRecord,
} from './record.ts';

export const recordsCollection = 'records';
export const recordReadsCollection = 'record_reads';
export const commandsCollection = 'commands';

/** Reads to be counted come by it. */
export const recordCommandsQueue = 'records-commands';

export const recordWriteIndexes: Index[] = [
  // The commands of one key, as they arrived.
  { collection: commandsCollection, keys: { stream_id: 1, arrived_at: 1 } },
  // For the sums of stats.ts.
  { collection: recordsCollection, keys: { write_count: 1 } },
  { collection: recordReadsCollection, keys: { read_count: 1 } },
];

export const recordStore = (db: Db) =>
  stateStored<StoredRecord | undefined, RecordEvent>({
    db,
    streamType: 'Record',
    collection: recordsCollection,
    commandsCollection,
    decider: recordDecider,
    state: recordState,
    eventTypes: recordEvents,
  });

export const recordReadsStore = (db: Db) =>
  stateStored<RecordReads | undefined, RecordReadsEvent>({
    db,
    streamType: 'RecordReads',
    collection: recordReadsCollection,
    commandsCollection,
    decider: recordReadsDecider,
    state: recordReadsState,
    eventTypes: recordReadsEvents,
  });
