// The history of a record: each value that was written under its key, as far as its events are kept.
import * as z from 'zod';
import { requiredText } from '../core/fields.ts';
import { historyPaging, historyQuery } from '../core/queries/history.ts';
import { createTrail } from '../core/queries/trail.ts';
import { type RecordEvent, recordEvents } from './record.ts';
import { recordsCollection } from './store.ts';

const trail = createTrail<RecordEvent>(recordEvents, {
  RecordWritten: { data: z.strictObject({ value: z.string() }) },
});

export const getRecordHistory = historyQuery({
  type: 'GetRecordHistory',
  streamType: 'Record',
  input: z
    .strictObject({ key: requiredText(255), ...historyPaging })
    .transform(({ key: id, ...rest }) => ({ id, ...rest })),
  trail,
  documents: recordsCollection,
});
