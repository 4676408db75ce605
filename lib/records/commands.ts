// The commands of records: writes by the bus, counted reads from their queue.
import type { Db } from 'mongodb';
import * as z from 'zod';
import { createCommandBus } from '../core/commands/bus.ts';
import { commandHandler, type HandlerOptions } from '../core/commands/handle.ts';
import { queuedCommandsHandler } from '../core/commands/queued-commands.ts';
import { optionalText, requiredText } from '../platform/fields.ts';
import {
  mergeReads,
  type RecordCommand,
  type RecordEvent,
  type RecordReadsEvent,
  recordDecider,
  recordReadsDecider,
} from './record.ts';
import { recordReadsStore, recordStore } from './store.ts';

const mostValueBytes = 64 * 1024;

export const writeRecordInput = z.strictObject({
  key: requiredText(255),
  value: optionalText(mostValueBytes).refine((value) => Buffer.byteLength(value) <= mostValueBytes, {
    error: `may have up to ${mostValueBytes} bytes`,
  }),
});

export const recordCommands = (db: Db, options?: HandlerOptions<RecordEvent>) => {
  const handle = commandHandler(recordStore(db), recordDecider, options);
  return createCommandBus<RecordCommand>({
    WriteRecord: (command, context) => handle({ id: command.data.key, command }, context),
  });
};

export const queuedRecordReads = (db: Db, { onAppended }: HandlerOptions<RecordReadsEvent> = {}) =>
  queuedCommandsHandler({
    store: recordReadsStore(db),
    decider: recordReadsDecider,
    target: ({ data: { key } }) => key,
    merge: mergeReads,
    ...(onAppended === undefined ? {} : { onAppended }),
  });
