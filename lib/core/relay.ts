// Moves pending events to the queues. Guarantees: at least once, positions before sending, one relay at a time by
// lease, and a standby that goes on within the lease's time when the active one dies.
// Not guaranteed: order on the queue, or a single delivery. Versions take care of both.
import { setTimeout as wait } from 'node:timers/promises';
import type { Db, Filter } from 'mongodb';
import { insertAlarm } from './alarm.ts';
import { isAppError } from './errors.ts';
import { stampPending } from './event-log.ts';
import { eventRows } from './event-rows.ts';
import type { EventRow } from './events.ts';
import { createLease, type Lease } from './lease.ts';
import { type PublishOptions, type PublishResult, publish } from './publish.ts';

export interface RelayOptions extends PublishOptions {
  db: Db;
  owner: string;
  batchSize: number;
  /** How often pending events are looked for when no alarm rings. */
  pollMs: number;
  leaseMs: number;
  /** Milliseconds left to work; asked again and again. */
  timeLeftMs(): number;
  onBatch(result: PublishResult): void;
}

export const relayLeaseName = 'relay';
const standbyPollMs = 200;
const batchesInFlight = 4;
const pauseMs = { first: 100, most: 2_000 };
const retryEveryMs = 1_000;

const owed = { pending: true, position: { $exists: true } } as const;

/** Keeps several batches under way, and pauses while no queue can be reached. */
const createSender = (options: RelayOptions) => {
  const inFlight = new Set<Promise<void>>();
  const state = { published: 0, pause: 0, pausedUntil: 0, failure: undefined as unknown };

  const send = async (rows: EventRow[]): Promise<void> => {
    const result = await publish(rows, options);
    state.published += result.published;
    const stuck = result.unreachable !== undefined && result.published === 0;
    state.pause = stuck ? Math.min(pauseMs.most, state.pause * 2 || pauseMs.first) : 0;
    state.pausedUntil = performance.now() + state.pause;
    options.onBatch(result);
  };

  return {
    state,
    send,
    /** Sends beside what is under way already; resolves when there is room for another batch. */
    async start(rows: EventRow[]): Promise<void> {
      const sending = send(rows)
        .catch((error: unknown) => {
          state.failure ??= error;
        })
        .finally(() => inFlight.delete(sending));
      inFlight.add(sending);
      if (inFlight.size >= batchesInFlight) await Promise.race(inFlight);
    },
    drain: () => Promise.all(inFlight),
  };
};

/** Works while it holds the lease and has time; gives the number of events that were published. */
const work = async (options: RelayOptions, lease: Lease): Promise<number> => {
  const { db, batchSize, pollMs, leaseMs, timeLeftMs } = options;
  const events = eventRows(db);
  const alarm = insertAlarm(events);
  const { state, send, start, drain } = createSender(options);

  const resend = async (filter: Filter<EventRow>): Promise<void> => {
    const rows = await events
      .find({ ...owed, ...filter })
      .sort({ recorded_at: 1, version: 1 })
      .limit(batchSize)
      .toArray();
    if (rows.length > 0) await send(rows);
  };

  try {
    // What an earlier relay stamped and did not mark; nothing of ours is under way yet.
    const inherited = await events.find(owed, { projection: { _id: 1 } }).toArray();
    for (let at = 0; at < inherited.length; at += batchSize) {
      await resend({ _id: { $in: inherited.slice(at, at + batchSize).map((row) => row._id) } });
      if (!(await lease.acquire())) return state.published;
    }
    let renewAt = 0;
    let retryAt = 0;
    while (timeLeftMs() > 0 && state.failure === undefined) {
      const now = performance.now();
      if (now >= renewAt) {
        if (!(await lease.acquire())) break;
        renewAt = now + leaseMs / 3;
      }
      if (now < state.pausedUntil) {
        await wait(Math.min(state.pausedUntil - now, leaseMs / 3));
        continue;
      }
      if (now >= retryAt) {
        await resend({ next_attempt_at: { $lte: new Date() } });
        retryAt = now + retryEveryMs;
      }
      const rows = await stampPending(db, lease, batchSize);
      if (rows.length === 0) await alarm.next(pollMs);
      else await start(rows);
    }
    if (state.failure !== undefined) throw state.failure;
    return state.published;
  } finally {
    await drain();
    await alarm.close().catch(() => undefined);
  }
};

/** Waits for the lease, then relays until the time is up. Gives the number of events that were published. */
export const runRelay = async (options: RelayOptions): Promise<number> => {
  const lease = createLease(options.db, relayLeaseName, options.owner, options.leaseMs);
  let published = 0;
  while (options.timeLeftMs() > 0) {
    if (!(await lease.acquire())) {
      await wait(Math.min(standbyPollMs, Math.max(1, options.timeLeftMs())));
      continue;
    }
    try {
      published += await work(options, lease);
    } catch (error) {
      if (!isAppError(error, 'lease_lost')) throw error;
    } finally {
      await lease.release().catch(() => undefined);
    }
  }
  return published;
};
