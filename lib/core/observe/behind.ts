// How many events have not taken effect past the time that a read model may be old, and how long ago the oldest was
// recorded: asked of the subscribers themselves, whatever the cause. Looked at: all that is pending; the log from the
// position on up to which reconcile has looked at it; and from before that, what reconcile watches and what has a
// recorded failure. Each of these is read by an index, and an event that was found in effect is not asked for again.
// Bounded: at most `mostOpen` events a subscription are kept in mind and asked for, and a measurement ends after
// `mostMs`. `at_least` says that there may be more.
import type { Db } from 'mongodb';
import { databaseTime } from '../database-time.ts';
import { findDiscarded } from '../dead-letters/discarded.ts';
import { type DeadLetter, findRecords, listFailedEvents } from '../dead-letters/records.ts';
import type { Subscriber } from '../projection/subscriber.ts';
import { reconciledUpTo } from '../repair/reconcile.ts';
import { listWatched } from '../repair/watch-list.ts';
import { readKeys } from '../stores/event-log.ts';
import { findKeyRows, type KeyRow } from '../stores/event-rows.ts';

export interface Behind {
  events: number;
  /** Since the recording of the oldest; 0 if there is none. */
  oldest_ms: number;
  /** There may be more than these. */
  at_least: boolean;
  /** The same events by where they are. */
  pending: number;
  parked: number;
  dead: number;
  retrying: number;
  /** On the queue, being worked on, or lost. */
  waiting: number;
  oldest_waiting_ms: number;
}

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

const mostOpen = 2_000;
const mostMs = 1_000;
const chunk = 500;

const nothing = (): Behind => ({
  events: 0,
  oldest_ms: 0,
  at_least: false,
  pending: 0,
  parked: 0,
  dead: 0,
  retrying: 0,
  waiting: 0,
  oldest_waiting_ms: 0,
});

/** The sum of several subscriptions. */
export const addBehind = (all: readonly Behind[]): Behind =>
  all.reduce(
    (sum, one) => ({
      events: sum.events + one.events,
      oldest_ms: Math.max(sum.oldest_ms, one.oldest_ms),
      at_least: sum.at_least || one.at_least,
      pending: sum.pending + one.pending,
      parked: sum.parked + one.parked,
      dead: sum.dead + one.dead,
      retrying: sum.retrying + one.retrying,
      waiting: sum.waiting + one.waiting,
      oldest_waiting_ms: Math.max(sum.oldest_waiting_ms, one.oldest_waiting_ms),
    }),
    nothing(),
  );

/** Nothing is behind, as far as is known, and all is known. */
export const isWithin = ({ events, at_least }: Behind): boolean => events === 0 && !at_least;

const toKey = (row: KeyRow): Key => ({ ...row, event_id: row._id });

/** A moment, by both clocks: events are recorded by the functions' clock, and published by the database's. */
interface Now {
  here: number;
  database: number;
}

/** Which clock is wrong, we cannot know: the older age counts. */
const ageOf = ({ recorded_at, published_at }: KeyRow, { here, database }: Now): number =>
  Math.max(here - recorded_at.getTime(), published_at === undefined ? 0 : database - published_at.getTime());

/** Where an event is that has not taken effect. */
export const placeOf = (
  { pending, parked_at }: Pick<KeyRow, 'pending' | 'parked_at'>,
  record: Pick<DeadLetter, 'dead'> | undefined,
): 'parked' | 'dead' | 'retrying' | 'pending' | 'waiting' => {
  if (parked_at !== undefined) return 'parked';
  if (record !== undefined) return record.dead ? 'dead' : 'retrying';
  return pending ? 'pending' : 'waiting';
};

const missingOf = async ({ subscriber, hears, failed }: Watch, rows: Key[]): Promise<Key[]> => {
  // What has failed here was sent here, also if its type is of another release.
  const mine = rows.filter(({ type, event_id }) => hears.has(type) || failed.has(event_id));
  const missing: Key[] = [];
  for (let at = 0; at < mine.length; at += chunk)
    missing.push(...(await subscriber.findMissing(mine.slice(at, at + chunk))));
  return missing;
};

export const createBehindMeter = ({ writeDb, readDb, subscribers, readLagMs }: BehindOptions) => {
  let watches: Watch[] | undefined;

  const begin = async (): Promise<Watch[]> => {
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
  const followLog = async (
    watch: Watch,
    now: Now,
    read: typeof readKeys,
    until: number,
  ): Promise<boolean> => {
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

  const countOpen = async (watch: Watch, rows: Key[], now: Now): Promise<Behind> => {
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

  const measure = async (): Promise<Map<string, Behind>> => {
    const until = performance.now() + mostMs;
    watches ??= await begin();
    const here = Date.now();
    const [database, pending, watched] = await Promise.all([
      databaseTime(writeDb),
      findKeyRows(writeDb, { pending: true, recorded_at: { $lt: new Date(here - readLagMs) } }, mostOpen),
      listWatched(readDb, mostOpen),
    ]);
    const now = { here, database: database.getTime() };
    const chunks = new Map<number, ReturnType<typeof readKeys>>();
    // Subscriptions that keep up read the same parts of the log: once for all of them.
    const read: typeof readKeys = (db, from, limit) => {
      const known = chunks.get(from) ?? readKeys(db, from, limit);
      chunks.set(from, known);
      return known;
    };
    const measured = watches.map(async (watch): Promise<[string, Behind]> => {
      const { name } = watch.subscriber;
      watch.failed = new Set(await listFailedEvents(readDb, name, mostOpen));
      for (const id of [...watch.failed, ...watched]) watch.open.add(id);
      const reached = await followLog(watch, now, read, until);
      const rows = watch.open.size === 0 ? [] : await findKeyRows(writeDb, { _id: { $in: [...watch.open] } });
      const known = new Set(rows.map(({ _id }) => _id));
      const open = [...rows, ...pending.filter(({ _id }) => !known.has(_id))].map(toKey);
      const behind = await countOpen(watch, open, now);
      return [name, { ...behind, at_least: !reached || pending.length === mostOpen }];
    });
    return new Map(await Promise.all(measured));
  };

  let running: Promise<Map<string, Behind>> | undefined;
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
