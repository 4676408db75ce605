// Closes the loop: walks the log behind the relay and applies what a subscriber should have by now and has not (a
// purged queue, an expired message). Guarantees: every published event is looked at once, `graceMs` after it was
// published; what was missing is applied and counted; what is not in effect then is on the watch list, and looked at
// again. So an event before the checkpoint is in effect everywhere, or watched, or was discarded.
// Bounded: it reads from its checkpoint on, by an index, and a part of the watch list each time.
import type { Db } from 'mongodb';
import { createCheckpoint } from '../checkpoint.ts';
import { databaseTime } from '../database-time.ts';
import { findDiscarded } from '../dead-letters/discarded.ts';
import { findDead } from '../dead-letters/records.ts';
import { fromRow, type RecordedEvent } from '../events.ts';
import { applyEvents, type Subscriber } from '../projection/subscriber.ts';
import { readKeys } from '../stores/event-log.ts';
import { eventRows, findKeyRows, type KeyRow } from '../stores/event-rows.ts';
import { walkLog } from './walk-log.ts';
import { listWatched, unwatchEvents, watchEvents } from './watch-list.ts';

export interface ReconcileOptions {
  writeDb: Db;
  /** Keeps the checkpoint and the watch list. */
  readDb: Db;
  subscribers: { subscriber: Subscriber; hears: readonly string[] }[];
  graceMs: number;
  timeLeftMs(): number;
  /** What could not be applied here either; its message may be lost. */
  onFailed(subscription: string, events: RecordedEvent[]): Promise<void>;
  /** Told of each event that was missing and is applied now. */
  onHealed?(subscription: string, event: RecordedEvent): void;
}

export interface ReconcileAnswer {
  scanned: number;
  /** Events that had not taken effect and now have, by subscription. */
  healed: Record<string, number>;
  failed: number;
  /** Where the next run goes on. */
  position: number;
  /** Events on the watch list that were looked at again. */
  watched: number;
  done: boolean;
}

/** What is counted on the way. */
type Counts = Omit<ReconcileAnswer, 'position' | 'done'>;

const mostWatched = 1_000;

const reconcileCheckpoint = (readDb: Db) => createCheckpoint<{ position: number }>(readDb, 'reconcile');

/** Up to this position of the log, what is not in effect is on the watch list. */
export const reconciledUpTo = async (readDb: Db): Promise<number> =>
  (await reconcileCheckpoint(readDb).find())?.position ?? 1;

/** The rows up to the first that is on its way still. */
const settled = <R extends KeyRow>(rows: R[], before: Date): R[] => {
  const open = rows.findIndex(({ published_at, parked_at }) => {
    const at = published_at ?? parked_at;
    return at === undefined || at > before;
  });
  return open === -1 ? rows : rows.slice(0, open);
};

const toKey = ({ _id: event_id, ...row }: KeyRow) => ({ event_id, ...row });

/** One look at some rows: what is missing is applied. Gives the ids of those that are still not in effect somewhere. */
const look = async (
  rows: KeyRow[],
  { writeDb, readDb, subscribers, onFailed, onHealed }: ReconcileOptions,
  answer: Counts,
  { leaveDead }: { leaveDead: boolean },
): Promise<Set<string>> => {
  const open = new Set(rows.flatMap(({ _id, parked_at }) => (parked_at === undefined ? [] : [_id])));
  const published = rows.filter(({ _id }) => !open.has(_id)).map(toKey);
  for (const { subscriber, hears } of subscribers) {
    const { name } = subscriber;
    const missing = await subscriber.findMissing(published.filter(({ type }) => hears.includes(type)));
    if (missing.length === 0) continue;
    const ids = missing.map(({ event_id }) => event_id);
    const [dead, discarded] = await Promise.all([
      leaveDead ? findDead(readDb, name, ids) : new Set<string>(),
      findDiscarded(readDb, name, ids),
    ]);
    for (const id of dead) open.add(id);
    const wanted = ids.filter((id) => !dead.has(id) && !discarded.has(id));
    if (wanted.length === 0) continue;
    const events = (
      await eventRows(writeDb)
        .find({ _id: { $in: wanted } })
        .toArray()
    ).map(fromRow);
    const { applied, failures } = await applyEvents(subscriber, events);
    for (const event of applied) onHealed?.(name, event);
    answer.healed[name] = (answer.healed[name] ?? 0) + applied.length;
    answer.failed += failures.size;
    for (const id of failures.keys()) open.add(id);
    if (failures.size > 0)
      await onFailed(
        name,
        events.filter(({ event_id }) => failures.has(event_id)),
      );
  }
  return open;
};

/** Looks again at what was not in effect when it was passed. */
const lookAgain = async (options: ReconcileOptions, answer: Counts, before: Date): Promise<void> => {
  const ids = await listWatched(options.readDb, mostWatched);
  if (ids.length === 0) return;
  const rows = await findKeyRows(options.writeDb, { _id: { $in: ids } });
  const ready = rows.filter(({ published_at }) => published_at !== undefined && published_at <= before);
  const open = await look(ready, options, answer, { leaveDead: true });
  const settledIds = new Set(ready.map(({ _id }) => _id).filter((id) => !open.has(id)));
  const known = new Set(rows.map(({ _id }) => _id));
  // What is not there any more, retention has taken.
  await unwatchEvents(
    options.readDb,
    ids.filter((id) => settledIds.has(id) || !known.has(id)),
  );
  await watchEvents(
    options.readDb,
    ids.filter((id) => !settledIds.has(id) && known.has(id)),
  );
  answer.watched = rows.length;
};

export const reconcile = async (options: ReconcileOptions): Promise<ReconcileAnswer> => {
  const { writeDb, readDb, graceMs, timeLeftMs } = options;
  const answer: Counts = { scanned: 0, healed: {}, failed: 0, watched: 0 };
  const before = new Date((await databaseTime(writeDb)).getTime() - graceMs);
  await lookAgain(options, answer, before);
  const { position, done } = await walkLog({
    db: writeDb,
    read: readKeys,
    from: await reconciledUpTo(readDb),
    timeLeftMs,
    ready: (rows) => settled(rows, before),
    async visit(rows) {
      await watchEvents(readDb, [...(await look(rows, options, answer, { leaveDead: false }))]);
      answer.scanned += rows.length;
    },
    onReached: (reached) => reconcileCheckpoint(readDb).save({ position: reached }),
  });
  return { ...answer, position, done };
};
