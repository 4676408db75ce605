// What happened to records so far, in numbers. Reads are those that have been counted.
import type { Db } from 'mongodb';
import * as z from 'zod';
import { backlogReport, lagReport } from '../platform/figures.ts';
import { endpoint } from '../platform/http/endpoint.ts';
import { recordsProjector } from './projections.ts';
import { recordReadsCollection, recordsCollection } from './store.ts';

const options = { maxTimeMS: 5_000 };

/** By the index on the field alone. What the database keeps as its own count is wrong after an unclean stop. */
const countAndSum = async (db: Db, collection: string, field: string) => {
  const [found] = await db
    .collection(collection)
    .aggregate<{ count: number; sum: number }>(
      [
        { $match: { [field]: { $gte: 0 } } },
        { $group: { _id: null, count: { $sum: 1 }, sum: { $sum: `$${field}` } } },
      ],
      options,
    )
    .toArray();
  return found ?? { count: 0, sum: 0 };
};

/** What the records themselves say: the commands as they arrived may be gone (EVENT_RETENTION_DAYS). */
export const countRecords = async (writeDb: Db) => {
  const [written, read] = await Promise.all([
    countAndSum(writeDb, recordsCollection, 'write_count'),
    countAndSum(writeDb, recordReadsCollection, 'read_count'),
  ]);
  return { commands: written.sum + read.sum, records: written.count, reads: read.sum, writes: written.sum };
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
