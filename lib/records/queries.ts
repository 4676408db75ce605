// The queries of records, each one value. A read is answered from the read model alone; that it happened is told to a
// queue, and a queue that is away costs the count and not the answer. A document of another schema version is answered with
// what it has, until the next write of its key, or a rebuild, brings it up.
import type { Db } from 'mongodb';
import * as z from 'zod';
import { requiredText } from '../core/fields.ts';
import { createQueryBus } from '../core/queries/bus.ts';
import { documentQuery, type QueryContext } from '../core/queries/query.ts';
import { recordDocuments, recordReadDocuments } from './projections.ts';
import type { RecordReadCommand } from './record.ts';

const options = { maxTimeMS: 2_000 };

const recordAnswer = z.strictObject({
  key: z.string(),
  value: z.string(),
  created_at: z.date(),
  updated_at: z.date(),
  read_count: z.int(),
  write_count: z.int(),
  /** Of the value: it counts writes, and reads leave it alone. */
  version: z.int(),
});

export const findRecord = async (
  readDb: Db,
  { key }: { key: string },
): Promise<z.infer<typeof recordAnswer> | undefined> => {
  const [record, reads] = await Promise.all([
    recordDocuments(readDb).findOne({ _id: key }, options),
    recordReadDocuments(readDb).findOne({ _id: key }, options),
  ]);
  if (record === null) return undefined;
  const { value, created_at, updated_at, write_count, version } = record;
  return { key, value, created_at, updated_at, read_count: reads?.read_count ?? 0, write_count, version };
};

interface Environment {
  readDb: Db;
  /** Puts the command on the queue of records. */
  send(command: RecordReadCommand, context: QueryContext): Promise<void>;
  warn(message: string, details: Record<string, unknown>): void;
}

export const readRecord = documentQuery({
  type: 'ReadRecord',
  summary: 'The value under a key, with how often it was written and read',
  what: 'record',
  input: z.strictObject({ key: requiredText(255) }),
  answer: recordAnswer,
  handle: ({ data }, { readDb }: Environment) => findRecord(readDb, data),
  async onFound({ data: { key } }, { send, warn }, context) {
    try {
      await send({ type: 'RecordRead', data: { key, count: 1 } }, context);
    } catch (error) {
      const reason = error instanceof Error ? String(error.cause) : String(error);
      warn('read not counted', { key, reason, correlation_id: context.correlationId });
    }
  },
});

/** The bus of the queries of records that their read model answers. */
export const recordQueries = (environment: Environment) => createQueryBus([readRecord], environment);
