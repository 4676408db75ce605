// The queries of records. A read is answered from the read model alone. A document of another schema version is answered
// with what it has, until the next write of its key, or a rebuild, brings it up.
import type { Db } from 'mongodb';
import * as z from 'zod';
import { requiredText } from '../platform/fields.ts';
import { recordReadViews, recordViews } from './projections.ts';

export const readRecordInput = z.strictObject({ key: requiredText(255) });

const options = { maxTimeMS: 2_000 };

/** `version` is that of the value: it counts writes, and reads leave it alone. */
export const findRecord = async (readDb: Db, { key }: z.output<typeof readRecordInput>) => {
  const [record, reads] = await Promise.all([
    recordViews(readDb).findOne({ _id: key }, options),
    recordReadViews(readDb).findOne({ _id: key }, options),
  ]);
  if (record === null) return undefined;
  const { value, created_at, updated_at, write_count, version } = record;
  return { key, value, created_at, updated_at, read_count: reads?.read_count ?? 0, write_count, version };
};
