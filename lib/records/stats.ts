// What happened to records so far, in numbers. Reads are those that have been counted.
import type { Db } from 'mongodb';
import * as z from 'zod';
import type { CommandRow } from '../core/stores/command-log.ts';
import { backlogReport, lagReport } from '../platform/figures.ts';
import { endpoint } from '../platform/http/endpoint.ts';
import { recordsProjector } from './projections.ts';
import { commandsCollection, recordsCollection } from './store.ts';

const options = { maxTimeMS: 5_000 };

const countRecords = async (writeDb: Db) => {
  const commands = writeDb.collection<CommandRow>(commandsCollection);
  const [records, writes, reads] = await Promise.all([
    writeDb.collection(recordsCollection).estimatedDocumentCount(options),
    commands.countDocuments({ type: 'WriteRecord' }, options),
    commands.countDocuments({ type: 'RecordRead' }, options),
  ]);
  return { commands: writes + reads, records, reads, writes };
};

const count = z.int().min(0);

interface Measures {
  writeDb: Db;
  measureBacklog(): Promise<z.infer<typeof backlogReport>>;
  measureLag(subscription: string): Promise<z.infer<typeof lagReport>>;
}

export const getStats = endpoint({
  summary: 'Commands, records, reads and writes so far, and how far the read model is behind',
  input: z.strictObject({}),
  answer: z.strictObject({
    commands: count,
    records: count,
    reads: count,
    writes: count,
    backlog: backlogReport,
    lag: lagReport,
  }),
  async handle(_, { writeDb, measureBacklog, measureLag }: Measures) {
    const [counts, backlog, lag] = await Promise.all([
      countRecords(writeDb),
      measureBacklog(),
      measureLag(recordsProjector.name),
    ]);
    return { ...counts, backlog, lag };
  },
});
