// The history of an aggregate, for operators: its events in order, as far as they are kept.
import type { Db } from 'mongodb';
import * as z from 'zod';
import { notFound } from '../errors.ts';
import { fromRow, streamId } from '../events.ts';
import { pageSize, wholeNumber } from '../fields.ts';
import { eventRows } from '../stores/event-rows.ts';
import { asManyAsFit } from './page-size.ts';
import { listQuery } from './query.ts';
import type { Trail } from './trail.ts';

/** Which part of the history: the events after a version. */
export const historyPaging = {
  limit: pageSize(50),
  after_version: wholeNumber(0, Number.MAX_SAFE_INTEGER).default(0),
};

interface HistoryInput {
  id: string;
  limit: number;
  after_version: number;
}

interface HistoryOptions<T extends string, I extends z.ZodType<HistoryInput>> {
  type: T;
  /** What it is the history of: `Ticket`, the type of the stream. */
  streamType: string;
  input: I;
  trail: Trail;
  /** The collection of its documents, if they outlive their events. */
  documents?: string;
}

/** The last version of an aggregate that an event is kept of. */
const findLastVersion = async (writeDb: Db, stream: string): Promise<number> => {
  const last = await eventRows(writeDb)
    .find({ stream_id: stream }, { projection: { version: 1 } })
    .sort({ version: -1 })
    .limit(1)
    .next();
  return last?.version ?? 0;
};

const withArticle = (noun: string): string => `${/^[aeiou]/.test(noun) ? 'an' : 'a'} ${noun}`;

/** The query for the history of one kind of aggregate. */
export const historyQuery = <const T extends string, I extends z.ZodType<HistoryInput>>({
  type,
  streamType,
  input,
  trail,
  documents,
}: HistoryOptions<T, I>) => {
  const exists = async (writeDb: Db, id: string): Promise<boolean> => {
    if (documents === undefined) return (await findLastVersion(writeDb, streamId(streamType, id))) > 0;
    const collection = writeDb.collection<{ _id: string }>(documents);
    return (await collection.findOne({ _id: id }, { projection: { _id: 1 } })) !== null;
  };

  return listQuery({
    type,
    summary: `What happened to ${withArticle(streamType.toLowerCase())}, in order, as far as it is kept`,
    operators: true,
    what: streamType.toLowerCase(),
    input,
    answer: z.array(trail.schema),
    async handle({ data: { id, limit, after_version } }, { writeDb }: { writeDb: Db }) {
      const rows = await eventRows(writeDb)
        .find({ stream_id: streamId(streamType, id), version: { $gt: after_version } })
        .sort({ version: 1 })
        .limit(limit + 1)
        .toArray();
      if (rows.length === 0 && !(await exists(writeDb, id))) throw notFound(streamType, id);
      const shown = asManyAsFit(rows.slice(0, limit).map((row) => trail.show(fromRow(row))));
      const last = shown.at(-1);
      return {
        body: shown,
        ...(rows.length > shown.length && last ? { next: { after_version: `${last.version}` } } : {}),
      };
    },
    hasReached: async ({ id, version }, { writeDb }) =>
      (await findLastVersion(writeDb, streamId(streamType, id))) >= version,
  });
};
