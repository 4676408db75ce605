// A relay that has nothing to do sleeps: it ends, and the next command starts another. Guarantees: an event that was
// committed while a relay was promised is found by that relay; whoever commits when none is promised calls one.
// The order that makes it so: a relay lets its promises run out, says in its lease that it sleeps, looks once more, ends.
// A command commits, and only then looks at the lease. So one of the two sees the other.
// A call is a promise as well, on behalf of the relay that it starts: others count on it. Whoever holds the lease keeps
// it: a relay that finds a call in its lease stays awake for longer than the call is counted on.
// Not guaranteed: that the relay which is called gets there, or that its caller lives so long. Then the scheduled one
// finds the event: none waits for longer than the schedule.
import type { Db } from 'mongodb';
import { type LeaseDocument, leasesCollection } from '../lease.ts';

export const relayLeaseName = 'relay';

interface RelayLease extends LeaseDocument {
  /** Who commits before this time needs to start nobody. Never later than `expires_at`. */
  awake_until?: Date;
  /** Somebody has called a relay, which is to be there by this time. */
  called_until?: Date;
}

/** How long others count on a relay that was called: a cold start takes less. A relay's idle time must be longer. */
export const calledMs = 3_000;

/** The field of the lease by which a relay promises to be awake for so long. */
export const promise = (ms: number) => ({ awake_until: { $add: ['$$NOW', Math.floor(ms)] } });

const never = new Date(0);
const endOf = (field: string) => ({ $ifNull: [field, never] });
const awakeUntil = { $min: [endOf('$awake_until'), endOf('$expires_at')] };
const countedOnUntil = { $max: [awakeUntil, endOf('$called_until')] };

/** What a relay that holds the lease, or waits for it, asks of it. */
export const readRelayLease = async (db: Db) =>
  (await db
    .collection<RelayLease>(leasesCollection)
    .findOne<{ expires_at: Date; is_called: boolean }>(
      { _id: relayLeaseName },
      { projection: { expires_at: 1, is_called: { $gt: [endOf('$called_until'), '$$NOW'] } } },
    )) ?? undefined;

interface Asked {
  wall: number;
  steady: number;
}

// One of a frozen container's clocks may have stood still.
const msSince = ({ wall, steady }: Asked): number =>
  Math.max(Math.abs(Date.now() - wall), performance.now() - steady);

/**
 * Gives what a command calls after each commit. It costs nothing while a relay is known to be awake, else one read of
 * the lease, and if none is awake the call that starts one.
 * @param start resolves when the call is accepted; the relay is not waited for.
 */
export const relayWaker = (
  db: Db,
  start: () => Promise<void>,
  countedOnMs = calledMs,
): (() => Promise<void>) => {
  const leases = db.collection<RelayLease>(leasesCollection);
  let asked: Asked = { wall: 0, steady: 0 };
  let trustedMs = 0;
  let looking: Promise<void> | undefined;

  const isTrusted = (): boolean => msSince(asked) < trustedMs;

  /** One of those who find no relay awake calls it; true for that one. */
  const claimCall = async (): Promise<boolean> => {
    const { matchedCount } = await leases.updateOne(
      { _id: relayLeaseName, $expr: { $lte: [countedOnUntil, '$$NOW'] } },
      [{ $set: { called_until: { $add: ['$$NOW', countedOnMs] } } }],
    );
    return matchedCount === 1;
  };

  const look = async (): Promise<void> => {
    const now = { wall: Date.now(), steady: performance.now() };
    const found = await leases.findOne<{ left_ms: number }>(
      { _id: relayLeaseName },
      {
        // As the primary has it: what a fail-over takes back was a promise too many, and the schedule's to make good.
        readConcern: { level: 'local' },
        projection: { _id: 0, left_ms: { $subtract: [countedOnUntil, '$$NOW'] } },
      },
    );
    const leftMs = found?.left_ms ?? 0;
    asked = now;
    trustedMs = Math.min(countedOnMs, leftMs);
    if (leftMs > 0) return;
    // If there is no lease yet, no relay has ever run.
    if (found !== null && !(await claimCall())) return;
    await start();
    trustedMs = countedOnMs;
  };

  return async () => {
    // What another has asked meanwhile counts for this one if it promises something from now on.
    await looking?.catch(() => undefined);
    if (isTrusted()) return;
    looking ??= look().finally(() => {
      looking = undefined;
    });
    await looking;
  };
};
