// The records as one value.
import type { Domain } from '../core/domains/domain.ts';
import { recordModel, recordReadsModel, recordsProjector } from './projections.ts';
import { recordEvents, recordReadsEvents, recordReadsState, recordState } from './record.ts';
import { commandsCollection, recordCommandsQueue, recordWriteIndexes } from './store.ts';

export const records: Domain = {
  name: 'records',
  streams: [
    {
      type: 'Record',
      eventTypes: recordEvents,
      store: 'state',
      state: recordState,
      commandLog: commandsCollection,
    },
    {
      type: 'RecordReads',
      eventTypes: recordReadsEvents,
      store: 'state',
      state: recordReadsState,
      commandLog: commandsCollection,
    },
  ],
  readModels: [recordModel, recordReadsModel],
  subscribers: [recordsProjector],
  commandQueues: [recordCommandsQueue],
  indexes: { write: recordWriteIndexes },
};
