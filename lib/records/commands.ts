// The commands of records: writes by the bus, counted reads from their queue.
import type { Db } from 'mongodb';
import * as z from 'zod';
import { createCommandBus } from '../core/commands/bus.ts';
import { command } from '../core/commands/command.ts';
import { commandHandler, type HandleCommand, type HandlerOptions } from '../core/commands/handle.ts';
import { queuedCommandsHandler } from '../core/commands/queued-commands.ts';
import {
  mergeReads,
  type RecordCommand,
  type RecordEvent,
  type RecordReadsEvent,
  recordDecider,
  recordInputs,
  recordReadsDecider,
} from './record.ts';
import { recordReadsStore, recordStore } from './store.ts';

interface Handlers {
  record: HandleCommand<RecordCommand>;
}

export const writeRecord = command({
  type: 'WriteRecord',
  summary: 'Write a value under a key',
  input: recordInputs.WriteRecord,
  example: { key: 'greeting', value: 'hello' },
  locate: ({ id }) => `/read/${encodeURIComponent(id)}`,
  answer: { fields: z.strictObject({ key: z.string() }), of: ({ id }) => ({ key: id }) },
  handle: (wanted, { record }: Handlers, context) =>
    record({ id: wanted.data.key, command: wanted }, context),
});

/** The bus of all commands of records. */
export const recordCommands = (db: Db, options?: HandlerOptions<RecordEvent>) =>
  createCommandBus([writeRecord], { record: commandHandler(recordStore(db), recordDecider, options) });

/** Takes counted reads from the queue of records. */
export const queuedRecordReads = (db: Db, { onAppended }: HandlerOptions<RecordReadsEvent> = {}) =>
  queuedCommandsHandler({
    store: recordReadsStore(db),
    decider: recordReadsDecider,
    target: ({ data: { key } }) => key,
    merge: mergeReads,
    ...(onAppended === undefined ? {} : { onAppended }),
  });
