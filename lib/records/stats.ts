// What happened to records so far, in numbers. Reads are those that have been counted.
import type { Db } from 'mongodb';
import type { CommandRow } from '../core/stores/command-log.ts';
import { commandsCollection, recordsCollection } from './store.ts';

const options = { maxTimeMS: 5_000 };

export const countRecords = async (writeDb: Db) => {
  const commands = writeDb.collection<CommandRow>(commandsCollection);
  const [records, writes, reads] = await Promise.all([
    writeDb.collection(recordsCollection).estimatedDocumentCount(options),
    commands.countDocuments({ type: 'WriteRecord' }, options),
    commands.countDocuments({ type: 'RecordRead' }, options),
  ]);
  return { commands: writes + reads, records, reads, writes };
};
