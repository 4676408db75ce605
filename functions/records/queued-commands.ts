import { commandQueueHandler } from '../../lib/platform/command-queue.ts';
import { inlineProjection } from '../../lib/platform/inline-projection.ts';
import { readDb, writeDb } from '../../lib/platform/mongo.ts';
import { queuedRecordReads } from '../../lib/records/commands.ts';
import { recordsProjector } from '../../lib/records/projections.ts';
import { type RecordReadsEvent, recordReadCommand } from '../../lib/records/record.ts';
import { recordCommandsQueue } from '../../lib/records/store.ts';

const inline = inlineProjection<RecordReadsEvent>('records', recordsProjector);

export const handler = commandQueueHandler(
  { name: recordCommandsQueue, schema: recordReadCommand, handle: queuedRecordReads(writeDb(), inline) },
  readDb(),
);
