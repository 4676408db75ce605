// Moves pending events to the queues. Guarantees: at least once; a dense position for every event; one relay at a time
// by lease. It outlives a database that is away.
// With `idleMs` it sleeps when nothing has been pending for so long (awake.ts), and there is no standby: in place of a
// dead relay the first command after the lease's time starts another; where no command comes, the schedule does, each
// minute. Without `idleMs`, those that wait for the lease are a standby, which goes on within the lease's time.
// Not guaranteed: order on the queue, or a single delivery. Versions take care of both.
import { setTimeout as wait } from 'node:timers/promises';
import type { Db, Filter } from 'mongodb';
import { isUnavailable } from '../driver-errors.ts';
import { isAppError } from '../errors.ts';
import type { EventRow } from '../events.ts';
import { createLease, type Lease } from '../lease.ts';
import { appendPositions, closePositions, nextPosition, openPositions } from '../stores/event-log.ts';
import { eventRows } from '../stores/event-rows.ts';
import { insertAlarm } from './alarm.ts';
import { readRelayLease, relayLeaseName } from './awake.ts';
import { type PublishOptions, type PublishResult, publish } from './publish.ts';
import { createVigil, type Vigil } from './vigil.ts';

export interface RelayOptions extends PublishOptions {
  db: Db;
  owner: string;
  batchSize: number;
  /** How often pending events are looked for when no alarm rings. */
  pollMs: number;
  leaseMs: number;
  /** It ends when nothing has been pending for so long; absent: it works until its time is up. */
  idleMs?: number;
  /** Milliseconds left to work; asked again and again. */
  timeLeftMs(): number;
  onBatch(result: PublishResult): void;
  /** Told about once a second while this relay holds the lease. */
  onLease?(): void;
  /** Told once each time that the database goes away. */
  onOutage?(error: unknown): void;
  /** Called when its time is up and something is left: starts the next relay. */
  callNext?(): Promise<void>;
}

const standbyPollMs = 200;
const batchesInFlight = 4;
const batchesInSnapshot = 20;
const pauseMs = { first: 100, most: 2_000 };
const retryEveryMs = 1_000;
const afterOutageMs = 500;

/**
 * Committed events that no relay has looked at, oldest first, in batches. A snapshot that shows a version shows the ones
 * before it too, and `recorded_at` never goes back within a stream: so none comes before its predecessor, nor is one cut
 * off by the limit.
 */
async function* newEvents(db: Db, batchSize: number): AsyncGenerator<EventRow[]> {
  const cursor = eventRows(db)
    .find({ pending: true, next_attempt_at: { $exists: false } }, { readConcern: { level: 'snapshot' } })
    .sort({ recorded_at: 1, version: 1 })
    .limit(batchSize * batchesInSnapshot)
    .batchSize(batchSize);
  try {
    while (await cursor.hasNext()) yield cursor.readBufferedDocuments(batchSize);
  } finally {
    await cursor.close();
  }
}

/** Keeps several batches under way, and pauses while no queue can be reached. */
const createSender = (options: RelayOptions) => {
  const inFlight = new Set<Promise<void>>();
  const state = { published: 0, pause: 0, pausedUntil: 0, failure: undefined as unknown };

  const send = async (rows: EventRow[], stamped?: Promise<void>): Promise<void> => {
    const result = await publish(rows, options, stamped);
    state.published += result.published;
    const stuck = result.unreachable !== undefined && result.published === 0;
    state.pause = stuck ? Math.min(pauseMs.most, state.pause * 2 || pauseMs.first) : 0;
    state.pausedUntil = performance.now() + state.pause;
    options.onBatch(result);
  };

  /** Gives a batch its positions and sends it meanwhile; resolves when there is room for another. */
  const start = async (rows: EventRow[], first: number): Promise<void> => {
    const ids = rows.map((row) => row._id);
    const stamped = appendPositions(options.db, first, ids);
    const sending = send(rows, stamped)
      .then(() => closePositions(options.db, first))
      .catch((error: unknown) => {
        state.failure ??= error;
      })
      .finally(() => inFlight.delete(sending));
    inFlight.add(sending);
    // Positions are dense and in order: no batch may have its own before this one has, and none where this one failed.
    await stamped;
    if (inFlight.size >= batchesInFlight) await Promise.race(inFlight);
  };

  return { state, send, start, drain: () => Promise.all(inFlight) };
};

/** Works while it holds the lease, has time and may not rest; gives the number of events that were published. */
const work = async (options: RelayOptions, lease: Lease, vigil: Vigil): Promise<number> => {
  const { db, batchSize, pollMs, leaseMs, timeLeftMs } = options;
  const alarm = insertAlarm(eventRows(db));
  const { state, send, start, drain } = createSender(options);
  let renewAt = 0;

  const mayGoOn = async (): Promise<boolean> => {
    if (timeLeftMs() <= 0 || state.failure !== undefined) return false;
    if (performance.now() < renewAt) return true;
    renewAt = performance.now() + leaseMs / 3;
    const mine = await vigil.renew(lease);
    if (mine) options.onLease?.();
    return mine;
  };
  const resend = async (filter: Filter<EventRow>, limit = batchSize): Promise<void> => {
    const rows = await eventRows(db)
      .find({ ...filter, pending: true })
      .sort({ recorded_at: 1, version: 1 })
      .limit(limit)
      .toArray();
    if (rows.length === 0) return;
    vigil.busy();
    await send(rows);
  };

  try {
    // Asked before the open batches are: what a relay that is not dead after all lists from here on collides.
    let position = await nextPosition(db);
    for (const { _id, event_ids } of await openPositions(db)) {
      if (!(await mayGoOn())) return state.published;
      await resend({ _id: { $in: event_ids } }, event_ids.length);
      await closePositions(db, _id);
    }
    let retryAt = 0;
    while (await mayGoOn()) {
      const now = performance.now();
      if (now < state.pausedUntil) {
        await wait(Math.min(state.pausedUntil - now, leaseMs / 3));
        continue;
      }
      if (now >= retryAt) {
        await resend({ next_attempt_at: { $exists: true }, $expr: { $lte: ['$next_attempt_at', '$$NOW'] } });
        retryAt = now + retryEveryMs;
      }
      let seen = 0;
      for await (const rows of newEvents(db, batchSize)) {
        await start(rows, position);
        position += rows.length;
        seen += rows.length;
        if (performance.now() < state.pausedUntil || !(await mayGoOn())) break;
      }
      // What is under way is still pending: only when it is marked may a new snapshot be taken.
      await drain();
      if (seen > 0) vigil.busy();
      else if (vigil.mayRest()) break;
      else await alarm.next(pollMs);
      if (seen >= batchSize) await alarm.off();
    }
    if (state.failure !== undefined) throw state.failure;
    return state.published;
  } finally {
    await drain();
    await alarm.off();
  }
};

/** Events in their pause count: with them pending, nobody rests. */
const isPending = async (db: Db): Promise<boolean> =>
  (await eventRows(db).findOne(
    { pending: true },
    { projection: { _id: 1 }, readConcern: { level: 'majority' } },
  )) !== null;

/**
 * Relays until the time is up or there is nothing to stay awake for. Gives the number of events that were published.
 * Where another relay holds the lease, it waits: with `idleMs` only until that one has shown that it lives.
 */
export const runRelay = async (options: RelayOptions): Promise<number> => {
  const { db, owner, leaseMs, idleMs, timeLeftMs, callNext } = options;
  const lease = createLease(db, relayLeaseName, owner, leaseMs);
  const vigil = createVigil(options);
  const pause = (ms: number): Promise<void> => wait(Math.max(1, Math.min(ms, timeLeftMs())));
  const state = { published: 0, isAway: false, hasWorked: false };
  let othersUntil: Date | undefined;

  const otherLives = async (): Promise<boolean> => {
    const [before, now] = [othersUntil, (await readRelayLease(db))?.expires_at];
    othersUntil = now;
    return before !== undefined && now !== undefined && now > before;
  };

  const workInTurn = async (): Promise<'rests' | 'goes on'> => {
    if (!(await vigil.renew(lease))) {
      if (idleMs !== undefined && (await otherLives())) return 'rests';
      await pause(standbyPollMs);
      return 'goes on';
    }
    Object.assign(state, { isAway: false, hasWorked: true });
    try {
      state.published += await work(options, lease, vigil);
    } catch (error) {
      if (!isAppError(error, 'lease_lost')) throw error;
    } finally {
      await lease.release().catch(() => undefined);
    }
    if (!vigil.mayRest()) return 'goes on';
    // Who committed before the release may have counted on this relay, and who commits after it does not.
    if (!(await isPending(db))) return 'rests';
    vigil.busy();
    return 'goes on';
  };

  while (timeLeftMs() > 0) {
    try {
      if ((await workInTurn()) === 'rests') return state.published;
    } catch (error) {
      if (!isUnavailable(error)) throw error;
      if (!state.isAway) options.onOutage?.(error);
      state.isAway = true;
      await pause(afterOutageMs);
    }
  }
  if (state.hasWorked && callNext !== undefined && (await isPending(db))) await callNext();
  return state.published;
};
