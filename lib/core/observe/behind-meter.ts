// How many events have not taken effect past the time that a read model may be old, and how long ago the oldest was
// recorded: asked of the subscribers themselves, whatever the cause. Looked at: all that is pending; the log from the
// position on up to which reconcile has looked at it; and from before that, what reconcile watches and what has a
// recorded failure. Each of these is read by an index, and an event that was found in effect is not asked for again.
// Bounded: at most `mostOpen` events a subscription are kept in mind and asked for, and a measurement ends after
// `mostMs`. `at_least` says that there may be more.
import type { Db } from 'mongodb';
import { databaseTime } from '../database-time.ts';
import { findDiscarded } from '../dead-letters/discarded.ts';
import { findRecords, listFailedEvents } from '../dead-letters/records.ts';
import type { Subscriber } from '../projection/subscriber.ts';
import { reconciledUpTo } from '../repair/reconcile.ts';
import { listWatched } from '../repair/watch-list.ts';
import { readKeys } from '../stores/event-log.ts';
import { findKeyRows, type KeyRow } from '../stores/event-rows.ts';
import { ageOf, type Behind, type Now, nothing, placeOf } from './behind.ts';

export interface BehindOptions {
  writeDb: Db;
  readDb: Db;
  subscribers: { subscriber: Subscriber; hears: readonly string[] }[];
  readLagMs: number;
}

type Key = KeyRow & { event_id: string };

/** What one subscription's measurements have found so far. */
interface Watch {
  subscriber: Subscriber;
  hears: ReadonlySet<string>;
  /** All before this position is in effect, or among the open ones. */
  from: number;
  open: Set<string>;
  /** Events with a recorded failure. */
  failed: ReadonlySet<string>;
}

/** One measurement of all subscriptions. */
interface Look extends Pick<BehindOptions, 'writeDb' | 'readDb' | 'readLagMs'> {
  now: Now;
  read: typeof readKeys;
  /** When it ends at the latest, by the clock of `performance`. */
  until: number;
  pending: KeyRow[];
  watched: readonly string[];
}

const mostOpen = 2_000;
const mostMs = 1_000;
const chunk = 500;

const toKey = (row: KeyRow): Key => ({ ...row, event_id: row._id });

const missingOf = async ({ subscriber, hears, failed }: Watch, rows: Key[]): Promise<Key[]> => {
  // What has failed here was sent here, also if its type is of another release.
  const mine = rows.filter(({ type, event_id }) => hears.has(type) || failed.has(event_id));
  const missing: Key[] = [];
  for (let at = 0; at < mine.length; at += chunk)
    missing.push(...(await subscriber.findMissing(mine.slice(at, at + chunk))));
  return missing;
};

const begin = async ({ readDb, subscribers }: BehindOptions): Promise<Watch[]> => {
  const [from, watched] = await Promise.all([reconciledUpTo(readDb), listWatched(readDb, mostOpen)]);
  return subscribers.map(({ subscriber, hears }) => ({
    subscriber,
    hears: new Set(hears),
    failed: new Set<string>(),
    from,
    open: new Set(watched),
  }));
};

/** Moves on through the log: what is missing there is open from now on. Gives whether the end was reached. */
const followLog = async (watch: Watch, { writeDb, readLagMs, now, read, until }: Look): Promise<boolean> => {
  while (watch.open.size < mostOpen && performance.now() < until) {
    const { events, next } = await read(writeDb, watch.from, chunk);
    const young = events.findIndex((row) => ageOf(row, now) <= readLagMs);
    const ripe = young === -1 ? events : events.slice(0, young);
    for (const { event_id } of await missingOf(watch, ripe.map(toKey))) watch.open.add(event_id);
    const reached = young === -1 ? next : (events[young]?.position ?? watch.from);
    if (young !== -1 || reached === watch.from) {
      watch.from = reached;
      return true;
    }
    watch.from = reached;
  }
  return false;
};

/** Of these rows, and keeps those that are missing in mind. */
const countOpen = async (watch: Watch, rows: Key[], { readDb, readLagMs, now }: Look): Promise<Behind> => {
  const { name } = watch.subscriber;
  const missing = await missingOf(watch, rows);
  const ids = missing.map(({ event_id }) => event_id);
  const [records, discarded] = await Promise.all([
    findRecords(readDb, name, ids),
    findDiscarded(readDb, name, ids),
  ]);
  const behind = nothing();
  watch.open = new Set();
  for (const event of missing) {
    const { event_id } = event;
    const record = records.get(event_id);
    const age = ageOf(event, now);
    if (discarded.has(event_id) && record === undefined) continue;
    watch.open.add(event_id);
    if (age <= readLagMs) continue;
    const place = placeOf(event, record);
    behind.events += 1;
    behind[place] += 1;
    behind.oldest_ms = Math.max(behind.oldest_ms, age);
    if (place === 'waiting') behind.oldest_waiting_ms = Math.max(behind.oldest_waiting_ms, age);
  }
  return behind;
};

/** Subscriptions that keep up read the same parts of the log: once for all of them. */
const readOnce = (): typeof readKeys => {
  const chunks = new Map<number, ReturnType<typeof readKeys>>();
  return (db, from, limit) => {
    const known = chunks.get(from) ?? readKeys(db, from, limit);
    chunks.set(from, known);
    return known;
  };
};

const beginLook = async ({ writeDb, readDb, readLagMs }: BehindOptions): Promise<Look> => {
  const until = performance.now() + mostMs;
  const here = Date.now();
  const [database, pending, watched] = await Promise.all([
    databaseTime(writeDb),
    findKeyRows(writeDb, { pending: true, recorded_at: { $lt: new Date(here - readLagMs) } }, mostOpen),
    listWatched(readDb, mostOpen),
  ]);
  const now = { here, database: database.getTime() };
  return { writeDb, readDb, readLagMs, now, read: readOnce(), until, pending, watched };
};

const measureOne = async (watch: Watch, look: Look): Promise<Behind> => {
  const { writeDb, readDb, pending, watched } = look;
  watch.failed = new Set(await listFailedEvents(readDb, watch.subscriber.name, mostOpen));
  for (const id of [...watch.failed, ...watched]) watch.open.add(id);
  const reached = await followLog(watch, look);
  const rows = watch.open.size === 0 ? [] : await findKeyRows(writeDb, { _id: { $in: [...watch.open] } });
  const known = new Set(rows.map(({ _id }) => _id));
  const open = [...rows, ...pending.filter(({ _id }) => !known.has(_id))].map(toKey);
  const behind = await countOpen(watch, open, look);
  return { ...behind, at_least: !reached || pending.length === mostOpen };
};

export const createBehindMeter = (options: BehindOptions) => {
  let watches: Watch[] | undefined;
  let running: Promise<Map<string, Behind>> | undefined;

  const measure = async (): Promise<Map<string, Behind>> => {
    watches ??= await begin(options);
    const look = await beginLook(options);
    const measured = watches.map(
      async (watch): Promise<[string, Behind]> => [watch.subscriber.name, await measureOne(watch, look)],
    );
    return new Map(await Promise.all(measured));
  };

  return {
    /** By subscription. Who asks while a measurement is under way gets its answer. */
    measure: (): Promise<Map<string, Behind>> => {
      running ??= measure().finally(() => {
        running = undefined;
      });
      return running;
    },
  };
};
