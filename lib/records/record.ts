// A record: the last value written under a key. Its reads are an aggregate of their own, so that counting a read never
// moves the version that writers insist on, and never races a write. Pure.
import * as z from 'zod';
import type { CommandOf, Decider } from '../core/decider.ts';
import type { EventOf } from '../core/events.ts';
import { optionalText, requiredText } from '../core/fields.ts';

export const recordEvents = {
  RecordWritten: { schema_version: 1, data: z.object({ value: z.string() }) },
};
export type RecordEvent = EventOf<typeof recordEvents>;

const mostValueBytes = 64 * 1024;

// In a path these two mean a step, whatever the way they are written: nothing could fetch them.
const key = requiredText(255, { but: ['.', '..'] });

/** What each command needs to be told. */
export const recordInputs = {
  WriteRecord: z.strictObject({
    key,
    value: optionalText(mostValueBytes).refine((value) => Buffer.byteLength(value) <= mostValueBytes, {
      error: `may have up to ${mostValueBytes} bytes`,
    }),
  }),
};

export type RecordCommand = CommandOf<typeof recordInputs>;

export const recordState = {
  schema_version: 1,
  data: z.object({ value: z.string(), write_count: z.int() }),
};

export type StoredRecord = z.infer<typeof recordState.data>;

/** The same value again is a write too, and counted. */
export const recordDecider: Decider<RecordCommand, StoredRecord | undefined, RecordEvent> = {
  initialState: undefined,
  decide: ({ data: { value } }) => [{ type: 'RecordWritten', data: { value } }],
  evolve: (record, { data: { value } }) => ({ value, write_count: (record?.write_count ?? 0) + 1 }),
};

export const recordReadsEvents = {
  RecordReadsCounted: { schema_version: 1, data: z.object({ count: z.int() }) },
};
export type RecordReadsEvent = EventOf<typeof recordReadsEvents>;

export const recordReadCommand = z.object({
  type: z.literal('RecordRead'),
  data: z.strictObject({ key: z.string().min(1).max(255), count: z.int().min(1).max(1_000_000) }),
});
export type RecordReadCommand = z.infer<typeof recordReadCommand>;

export const recordReadsState = { schema_version: 1, data: z.object({ read_count: z.int() }) };

export type RecordReads = z.infer<typeof recordReadsState.data>;

export const recordReadsDecider: Decider<RecordReadCommand, RecordReads | undefined, RecordReadsEvent> = {
  initialState: undefined,
  decide: ({ data: { count } }) => [{ type: 'RecordReadsCounted', data: { count } }],
  evolve: (reads, { data: { count } }) => ({ read_count: (reads?.read_count ?? 0) + count }),
};

/** Many reads of one key as one. */
export const mergeReads = (commands: RecordReadCommand[]): RecordReadCommand[] => {
  const [first] = commands;
  if (first === undefined) return [];
  const count = commands.reduce((sum, { data }) => sum + data.count, 0);
  return [{ type: 'RecordRead', data: { key: first.data.key, count } }];
};
