// One at a time, by the database's clock: a holder whose own clock is wrong neither keeps a lease too long nor steals
// one. Guarantees: a fenced write commits only while its owner holds the lease. Not guaranteed: that a paused holder
// knows it has lost; only its next fenced write tells it.
import type { ClientSession, Collection, Db, Document } from 'mongodb';
import { duplicateKeys } from './driver-errors.ts';
import { AppError } from './errors.ts';

export interface LeaseDocument extends Document {
  _id: string;
  owner: string;
  expires_at: Date;
}

export const leasesCollection = 'leases';

export interface Lease {
  /** Takes or renews the lease; false where another owner holds it. */
  acquire(): Promise<boolean>;
  /** Frees it, so that the next in line need not wait for its end. */
  release(): Promise<void>;
  /**
   * Adds `by` to the lease's own counter `field` inside a transaction and gives the value before.
   * @throws AppError `lease_lost` where the owner no longer holds it.
   */
  advance(session: ClientSession, field: string, by: number): Promise<number>;
}

export const createLease = (db: Db, name: string, owner: string, leaseMs: number): Lease => {
  const leases: Collection<LeaseDocument> = db.collection(leasesCollection);
  const until = { $add: ['$$NOW', leaseMs] };
  const mine = { $eq: ['$owner', owner] };
  const free = { $lt: ['$expires_at', '$$NOW'] };
  return {
    async acquire() {
      const set = [{ $set: { owner: { $literal: owner }, expires_at: until } }];
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

    async advance(session, field, by) {
      const held = { _id: name, owner, $expr: { $gt: ['$expires_at', '$$NOW'] } };
      const before = await leases.findOneAndUpdate(
        held,
        { $inc: { [field]: by } },
        { session, returnDocument: 'before' },
      );
      if (before === null) throw new AppError('lease_lost', `${owner} no longer holds the lease ${name}`);
      return Number(before[field] ?? 0);
    },
  };
};
