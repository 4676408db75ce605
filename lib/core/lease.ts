// One at a time, by the database's clock: a holder whose own clock is wrong neither keeps a lease too long nor steals
// one. Not guaranteed: that a paused holder knows it has lost the lease. What must not happen twice needs a guard of its
// own beside it (a position, a version).
import { setTimeout as wait } from 'node:timers/promises';
import type { Collection, Db, Document } from 'mongodb';
import { duplicateKeys } from './driver-errors.ts';

export interface LeaseDocument {
  _id: string;
  owner: string;
  expires_at: Date;
}

export const leasesCollection = 'leases';
/** The two databases share no collection's name. */
export const rebuildLeasesCollection = 'rebuild_leases';

export interface Lease {
  /** Takes or renews the lease; false if another owner holds it. `fields` are set in the same write, as expressions. */
  acquire(fields?: Document): Promise<boolean>;
  /** Frees it, so that the next in line need not wait for its end. */
  release(): Promise<void>;
}

export const createLease = (
  db: Db,
  name: string,
  owner: string,
  leaseMs: number,
  collection = leasesCollection,
): Lease => {
  const leases: Collection<LeaseDocument> = db.collection(collection);
  const until = { $add: ['$$NOW', leaseMs] };
  const mine = { $eq: ['$owner', owner] };
  const free = { $lt: ['$expires_at', '$$NOW'] };
  return {
    async acquire(fields = {}) {
      const set = [{ $set: { ...fields, owner: { $literal: owner }, expires_at: until } }];
      const { matchedCount } = await leases.updateOne({ _id: name, $expr: { $or: [mine, free] } }, set);
      if (matchedCount === 1) return true;
      if ((await leases.countDocuments({ _id: name }, { limit: 1 })) === 1) return false;
      try {
        await leases.updateOne({ _id: name, owner }, set, { upsert: true });
        return true;
      } catch (error) {
        if (duplicateKeys(error) !== undefined) return false;
        throw error;
      }
    },

    async release() {
      await leases.updateOne({ _id: name, owner }, [{ $set: { expires_at: { $subtract: ['$$NOW', 1] } } }]);
    },
  };
};

const pollMs = 200;

/** Waits for the lease; false if it is still another's after `ms`. */
export const acquireWithin = async (lease: Lease, ms: number): Promise<boolean> => {
  const deadline = performance.now() + ms;
  while (!(await lease.acquire())) {
    if (performance.now() > deadline) return false;
    await wait(pollMs);
  }
  return true;
};
