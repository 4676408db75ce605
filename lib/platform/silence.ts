// Who should have been heard of, and was not: the relay while something is owed, reconcile each minute, a consumer while
// something waits for it.
import type { Db } from 'mongodb';
import { type LeaseDocument, leasesCollection } from '../core/lease.ts';
import { relayLeaseName } from '../core/relay/awake.ts';

/** A relay that is called, or takes over from a dead one, is at work by then. */
const relaySilentMs = 5_000;
export const reconcileName = 'reconcile';

/** It runs each minute. */
export const reconcileSilentMs = 180_000;
/** A consumer asks its queue all the time. */
const consumerSilentMs = 10_000;

export interface RelayState {
  state: 'awake' | 'asleep' | 'silent';
  heard_at: Date | null;
}

/** Whether a relay holds the lease, and if none does, whether one should. */
export const relayState = async (writeDb: Db, oldestPendingMs: number, now: Date): Promise<RelayState> => {
  const lease = await writeDb.collection<LeaseDocument>(leasesCollection).findOne({ _id: relayLeaseName });
  const expires = lease?.expires_at ?? new Date(0);
  if (expires > now) return { state: 'awake', heard_at: now };
  return {
    state: oldestPendingMs > relaySilentMs ? 'silent' : 'asleep',
    heard_at: lease === null ? null : expires,
  };
};

export interface ReconcileState {
  state: 'awake' | 'silent';
  heard_at: Date | null;
}

/** `since`: from when on we would have noticed. */
export const reconcileState = (heardAt: Date | undefined, since: Date, now: Date): ReconcileState => {
  const last = Math.max(heardAt?.getTime() ?? 0, since.getTime());
  return {
    state: now.getTime() - last > reconcileSilentMs ? 'silent' : 'awake',
    heard_at: heardAt ?? null,
  };
};

/** Whether a consumer is silent for which something has waited for so long. */
export const isSilent = (heardAt: Date | null, waitingMs: number, now: Date): boolean =>
  waitingMs > consumerSilentMs && now.getTime() - (heardAt?.getTime() ?? 0) > consumerSilentMs;

/** Since when messages wait in each queue, as far as this container has seen. */
export const createWaitWatch = () => {
  const since = new Map<string, number>();
  return (queue: string, waiting: number | null): number => {
    if (!waiting) since.delete(queue);
    else if (!since.has(queue)) since.set(queue, performance.now());
    return performance.now() - (since.get(queue) ?? performance.now());
  };
};
