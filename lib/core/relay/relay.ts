// Moves pending events to the queues. Guarantees: at least once; a dense position for every event; one relay at a time
// by lease. It outlives a database that is away.
// With `idleMs` it sleeps when nothing has been pending for so long (awake.ts), and there is no standby: in place of a
// dead relay the first command after the lease's time starts another; if no command comes, the schedule does, each
// minute. Without `idleMs`, those that wait for the lease are a standby, which goes on within the lease's time.
// Not guaranteed: order on the queue, or a single delivery. Versions take care of both.
import { setTimeout as wait } from 'node:timers/promises';
import type { Db, Filter } from 'mongodb';
import { isUnavailable } from '../driver-errors.ts';
import { isAppError } from '../errors.ts';
import type { EventRow } from '../events.ts';
import { createLease, type Lease } from '../lease.ts';
import { closePositions, nextPosition, openPositions } from '../stores/event-log.ts';
import { eventRows } from '../stores/event-rows.ts';
import { readRelayLease, relayLeaseName } from './awake.ts';
import { createPace } from './pace.ts';
import { isPending, newEvents } from './pending.ts';
import type { PublishOptions, PublishResult } from './publish.ts';
import { createSender } from './sender.ts';
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
const retryEveryMs = 1_000;
const afterOutageMs = 500;

/** True when it is done, false when that takes longer than `ms`. */
const isDoneWithin = (ms: number, waiting: Promise<void>): Promise<boolean> =>
  new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, ms, false);
    waiting.then(() => resolve(true), reject).finally(() => clearTimeout(timer));
  });

/** Renews the lease now and then; gives whether this relay still has it. */
const holdLease = (lease: Lease, vigil: Vigil, everyMs: number, onLease: RelayOptions['onLease']) => {
  let renewAt = 0;
  let isMine = true;
  return async (): Promise<boolean> => {
    if (!isMine || performance.now() < renewAt) return isMine;
    renewAt = performance.now() + everyMs;
    isMine = await vigil.renew(lease);
    if (isMine) onLease?.();
    return isMine;
  };
};

/** Those that could not be sent, or that a dead relay may not have sent. */
const findPending = (db: Db, filter: Filter<EventRow>, limit: number): Promise<EventRow[]> =>
  eventRows(db)
    .find({ ...filter, pending: true })
    .sort({ recorded_at: 1, version: 1 })
    .limit(limit)
    .toArray();

/** Works while it holds the lease, has time and may not rest; gives the number of events that were published. */
const work = async (options: RelayOptions, lease: Lease, vigil: Vigil): Promise<number> => {
  const { db, batchSize, leaseMs, timeLeftMs } = options;
  const pace = createPace(options);
  const { state, send, start, room, drain } = createSender(options);
  const renewEveryMs = leaseMs / 3;
  const keepLease = holdLease(lease, vigil, renewEveryMs, options.onLease);

  const mayGoOn = async (): Promise<boolean> =>
    timeLeftMs() > 0 && state.failure === undefined && (await keepLease());
  /** Waits for queues, which may take longer than the lease lasts. */
  const keepingLease = async (waiting: Promise<void>): Promise<void> => {
    while (!(await isDoneWithin(renewEveryMs, waiting))) await keepLease();
  };
  const resend = async (filter: Filter<EventRow>, limit = batchSize): Promise<void> => {
    const rows = await findPending(db, filter, limit);
    if (rows.length === 0) return;
    vigil.busy();
    await keepingLease(send(rows));
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
        await wait(Math.min(state.pausedUntil - now, renewEveryMs));
        continue;
      }
      if (now >= retryAt) {
        await resend({ next_attempt_at: { $exists: true }, $expr: { $lte: ['$next_attempt_at', '$$NOW'] } });
        retryAt = now + retryEveryMs;
      }
      let seen = 0;
      for await (const rows of newEvents(db, batchSize)) {
        await start(rows, position);
        await keepingLease(room());
        position += rows.length;
        seen += rows.length;
        if (performance.now() < state.pausedUntil || !(await mayGoOn())) break;
      }
      // What is under way is still pending: only when it is marked may a new snapshot be taken.
      await keepingLease(drain());
      if (seen > 0) vigil.busy();
      else if (vigil.mayRest()) break;
      await pace.next(now, seen);
    }
    if (state.failure !== undefined) throw state.failure;
    return state.published;
  } finally {
    await drain();
    await pace.end();
  }
};

/**
 * Relays until the time is up or there is nothing to stay awake for. Gives the number of events that were published.
 * If another relay holds the lease, it waits: with `idleMs` only until that one has shown that it lives.
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
