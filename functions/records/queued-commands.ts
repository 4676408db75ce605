import { commandQueueHandler } from '../../lib/platform/command-queue.ts';
import { readDb, writeDb } from '../../lib/platform/mongo.ts';
import { queuedRecordReads } from '../../lib/records/commands.ts';
import { recordReadCommand } from '../../lib/records/record.ts';

export const handler = commandQueueHandler(
  { name: 'records-commands', schema: recordReadCommand, handle: queuedRecordReads(writeDb()) },
  readDb(),
);
