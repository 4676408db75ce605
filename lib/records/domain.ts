// The records as one value.
import type { Domain } from '../core/domains/domain.ts';
import { recordModel, recordReadsModel, recordsProjector } from './projections.ts';
import {
  recordDecider,
  recordEvents,
  recordReadsDecider,
  recordReadsEvents,
  recordReadsState,
  recordState,
} from './record.ts';
import {
  commandsCollection,
  recordCommandsQueue,
  recordReadsStore,
  recordStore,
  recordWriteIndexes,
} from './store.ts';

export const records: Domain = {
  name: 'records',
  streams: [
    {
      type: 'Record',
      eventTypes: recordEvents,
      store: 'state',
      state: recordState,
      evolution: recordDecider,
      load: (db, id) => recordStore(db).load(id),
      commandLog: commandsCollection,
    },
    {
      type: 'RecordReads',
      eventTypes: recordReadsEvents,
      store: 'state',
      state: recordReadsState,
      evolution: recordReadsDecider,
      load: (db, id) => recordReadsStore(db).load(id),
      commandLog: commandsCollection,
    },
  ],
  readModels: [recordModel, recordReadsModel],
  subscribers: [recordsProjector],
  commandQueues: [recordCommandsQueue],
  indexes: { write: recordWriteIndexes },
};
