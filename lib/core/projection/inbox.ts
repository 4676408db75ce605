// What a follower has fired the effects of: for each aggregate that it has heard of, a range of versions. No read model:
// a rebuild does not touch it, and so fires nothing.
import type { Collection, Db } from 'mongodb';

export const inboxesCollection = 'inboxes';

/** The versions of an aggregate above `from`, up to `to`. */
export interface Inbox {
  _id: string;
  from: number;
  to: number;
}

export const inboxesOf = (db: Db): Collection<Inbox> => db.collection(inboxesCollection);

export const covers = (inbox: Inbox | undefined, version: number): boolean =>
  inbox !== undefined && version > inbox.from && version <= inbox.to;

/** The inbox with these versions too, and with what lies between. */
export const extend = (_id: string, inbox: Inbox | undefined, versions: number[]): Inbox => ({
  _id,
  from: Math.min(inbox?.from ?? Number.MAX_SAFE_INTEGER, ...versions.map((one) => one - 1)),
  to: Math.max(inbox?.to ?? 0, ...versions),
});
