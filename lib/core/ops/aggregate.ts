// One aggregate as an operator looks at it: its events, its state at a version, its read documents beside what a replay
// gives, and putting them right. Bounded: a state is folded from so many events at most.
import { isDeepStrictEqual } from 'node:util';
import type { Db } from 'mongodb';
import type { Evolution, Stream } from '../domains/domain.ts';
import { AppError, messageOf } from '../errors.ts';
import { aggregateId, type EventRow, fromRow, upcast } from '../events.ts';
import type { ReadDocument, ReadModel } from '../projection/projection.ts';
import { applyEvents, type Subscriber } from '../projection/subscriber.ts';
import { compareOf, mendOf, type Pair } from '../repair/drift.ts';
import { eventRows } from '../stores/event-rows.ts';

const mostFolded = 10_000;

export interface StateAt {
  state: object | null;
  error: string | null;
}

const foldTo = async (db: Db, stream: Stream, stream_id: string, version: number): Promise<StateAt> => {
  if (version > mostFolded) return { state: null, error: `It is folded from up to ${mostFolded} events` };
  const { initialState, evolve } = stream.evolution as Evolution;
  let state = initialState;
  let reached = 0;
  const rows = eventRows(db)
    .find({ stream_id, version: { $lte: version } })
    .sort({ version: 1 });
  for await (const row of rows) {
    if (row.version !== reached + 1) break;
    state = evolve(state as never, upcast(stream.eventTypes, fromRow(row)) as never);
    reached = row.version;
  }
  if (reached < version) return { state: null, error: `Its event ${reached + 1} is not there any more` };
  return { state: (state ?? null) as object | null, error: null };
};

/** The state at a version: of the last one as the store has it, else folded from the events. */
export const stateAt = async (
  db: Db,
  stream: Stream,
  stream_id: string,
  { version, isLast }: { version: number; isLast: boolean },
): Promise<StateAt> => {
  try {
    if (isLast && stream.load !== undefined) {
      const { state } = await stream.load(db, aggregateId(stream_id));
      return { state: (state ?? null) as object | null, error: null };
    }
    return await foldTo(db, stream, stream_id, version);
  } catch (error) {
    return { state: null, error: messageOf(error) };
  }
};

/** @throws AppError `not_found` if there is no event of such a stream. */
export const lastVersionOf = async (db: Db, stream_id: string): Promise<number> => {
  const last = await eventRows(db).find({ stream_id }).sort({ version: -1 }).limit(1).next();
  if (last === null) throw new AppError('not_found', 'There is no such stream');
  return last.version;
};

export interface ComparedDocument {
  projection: string;
  collection: string;
  schema_version: number;
  id: string;
  stored: ReadDocument | null;
  replayed: ReadDocument | null;
  error: string | null;
  differing: string[];
}

const differingFields = (stored: ReadDocument | null, replayed: ReadDocument | null): string[] => {
  const [one, other] = [new Map(Object.entries(stored ?? {})), new Map(Object.entries(replayed ?? {}))];
  const fields = [...new Set([...one.keys(), ...other.keys()])];
  // The database keeps an absent value as null.
  return fields.filter((field) => !isDeepStrictEqual(one.get(field) ?? null, other.get(field) ?? null));
};

const toCompared = (
  { projection, collection }: ReadModel,
  { id, stored: found, replayed }: Pair,
): ComparedDocument => {
  const stored = found ?? null;
  const failed = replayed !== undefined && 'error' in replayed;
  const document = replayed !== undefined && 'document' in replayed ? replayed.document : null;
  return {
    projection: projection.name,
    collection: collection.collectionName,
    schema_version: projection.schemaVersion,
    id,
    stored,
    replayed: document,
    error: failed ? messageOf(replayed.error) : null,
    differing: failed ? [] : differingFields(stored, document),
  };
};

/** Of read models with a document for each event: those of so many of the last events. */
const mostLookedAt = 1_000;

const sinceOf = (lastVersion: number): number => Math.max(1, lastVersion - mostLookedAt + 1);

/** Every read document of an aggregate beside what a replay gives. */
export const compareAggregate = async (
  writeDb: Db,
  models: ReadModel[],
  stream_id: string,
): Promise<ComparedDocument[]> => {
  const since = sinceOf(await lastVersionOf(writeDb, stream_id));
  const pairs = models.map(async (model) =>
    (await compareOf(model, aggregateId(stream_id), since)).map((pair) => toCompared(model, pair)),
  );
  return (await Promise.all(pairs)).flat();
};

export interface MendOptions {
  writeDb: Db;
  models: ReadModel[];
  subscribers: readonly { subscriber: Subscriber; hears: readonly string[] }[];
}

/** Puts an aggregate's documents right, and has each subscriber apply what it has missed; gives how many were wrong. */
export const mendAggregate = async (
  { writeDb, models, subscribers }: MendOptions,
  stream_id: string,
): Promise<number> => {
  const since = sinceOf(await lastVersionOf(writeDb, stream_id));
  let mended = 0;
  for (const model of models) mended += await mendOf(model, aggregateId(stream_id), since);
  const rows: EventRow[] = await eventRows(writeDb)
    .find({ stream_id, version: { $gte: since } })
    .sort({ version: 1 })
    .toArray();
  for (const { subscriber, hears } of subscribers) {
    const heard = rows.map(fromRow).filter(({ type }) => hears.includes(type));
    const missing = await subscriber.findMissing(heard);
    if (missing.length > 0) mended += (await applyEvents(subscriber, missing)).applied.length;
  }
  return mended;
};
