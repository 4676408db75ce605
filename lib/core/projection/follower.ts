// The kind of subscriber that follows each aggregate with a state of its own, and opens and changes documents as it goes:
// an alert, a reminder. To open one is an effect outside of the database, fired once.
// A message is only the doorbell: the events are read from the stream, so that disorder and losses make no difference.
// Guarantees: states, documents and inbox are written in one transaction, and the effect is fired inside of it, while the
// inbox is locked: of two at work one fires. An effect is never lost; it is fired again only if that commit then fails.
// States and documents are read models: thrown away, they are rebuilt from the streams, and no effect is fired by it,
// since the inbox is none of them. What lies before the first event that an aggregate's inbox has heard of fires nothing
// until it is delivered itself (replay): a new subscriber does not fire for the past.
import type { ClientSession, Collection } from 'mongodb';
import { backOff } from '../back-off.ts';
import { duplicateKeys, isTransient, isUnavailable } from '../driver-errors.ts';
import { AppError } from '../errors.ts';
import { aggregateId, type EventKey, type RecordedEvent, streamId } from '../events.ts';
import { inTransaction } from '../stores/transaction.ts';
import { type Followed, type Following, followStreams, type Opened, startAt } from './following.ts';
import { hasTodaysShape, type View } from './projection.ts';
import { noneApplied, type Resources, type Subscriber, type SubscriberDefinition } from './subscriber.ts';

export const inboxesCollection = 'inboxes';

/** The versions of an aggregate whose effects were fired: those above `from`, up to `to`. */
interface Inbox {
  _id: string;
  from: number;
  to: number;
}

const covers = (inbox: Inbox | undefined, version: number): boolean =>
  inbox !== undefined && version > inbox.from && version <= inbox.to;

/** An aggregate of a batch: what is new of it, and how far it was followed. */
interface Visit {
  events: RecordedEvent[];
  inbox: Inbox | undefined;
  followed: Followed;
}

const missing = ({ stream_id, version }: EventKey): AppError =>
  new AppError('event_missing', `The write side has no version ${version} of ${stream_id} yet`);

/** Why an event of the visit could not be followed, if it could not. */
const failureOf = ({ followed: { state, failure } }: Visit, event: RecordedEvent): unknown => {
  if (failure !== undefined && event.version >= failure.version) return failure.error;
  return event.version > (state?.version ?? 0) ? missing(event) : undefined;
};

/** The inbox once the events that could be followed are in it. */
const nextInbox = (key: string, visit: Visit): Inbox | undefined => {
  const versions = visit.events
    .filter((event) => failureOf(visit, event) === undefined)
    .map(({ version }) => version);
  if (versions.length === 0) return undefined;
  const { from, to } = visit.inbox ?? { from: Number.MAX_SAFE_INTEGER, to: 0 };
  return { _id: key, from: Math.min(from, ...versions.map((one) => one - 1)), to: Math.max(to, ...versions) };
};

const findIn = async <T extends { _id: string }>(
  collection: Collection<T>,
  ids: string[],
  session?: ClientSession,
): Promise<Map<string, T>> => {
  const options = session === undefined ? {} : { session };
  const found = collection.find<T>({ _id: { $in: ids as T['_id'][] } } as object, options);
  return new Map((await found.toArray()).map((one) => [one._id, one]));
};

/** Writes those that are newer than what is there, or of today's shape at last. */
const writeNewer = async (
  collection: Collection<View>,
  views: View[],
  session: ClientSession,
): Promise<void> => {
  const stored = await findIn(
    collection,
    views.map(({ _id }) => _id),
    session,
  );
  const newer = views.filter(({ _id, version, schema_version }) => {
    const there = stored.get(_id);
    if (there === undefined || !(there.version >= version)) return true;
    return there.version === version && there.schema_version !== schema_version;
  });
  if (newer.length === 0) return;
  const operations = newer.map((view) => ({
    replaceOne: { filter: { _id: view._id }, replacement: view, upsert: true },
  }));
  await collection.bulkWrite(operations, { session });
};

export interface FollowerOptions extends Following {
  /** Fires the effect of a document that was opened. What it throws is the failure of the event. */
  onOpened(opened: Opened, resources: Resources): void | Promise<void>;
}

const create = (options: FollowerOptions, resources: Resources): Subscriber => {
  const { name, streamType, states, documents, onOpened } = options;
  const { readDb, writeDb, settings } = resources;
  const inboxes = readDb.collection<Inbox>(inboxesCollection);
  const stateViews = readDb.collection<View>(states.collection);
  const documentViews = readDb.collection<View>(documents.collection);
  const keyOf = (id: string): string => `${name}/${id}`;
  const ownIn = ({ stream_id }: EventKey): string => aggregateId(stream_id);

  /** Where to begin: at the state that is stored, unless what is new lies before it or another release wrote it. */
  const startOf = (id: string, events: RecordedEvent[], state: View | undefined): Followed => {
    const first = Math.min(...events.map(({ version }) => version));
    const isUsable =
      state !== undefined &&
      state.version < first &&
      hasTodaysShape({ schemaVersion: options.schemaVersion }, state);
    return startAt(id, isUsable ? state : undefined);
  };

  const followAll = async (visits: Map<string, Visit>): Promise<void> => {
    const wanted = [...visits].map(([id, { events, inbox, followed }]) => {
      const versions = events.map(({ version }) => version);
      // One from before the inbox began: what lies between the two is the inbox's from now on.
      const isEarlier = inbox !== undefined && Math.min(...versions) <= inbox.from;
      const upTo = Math.max(...versions, isEarlier ? inbox.from : 0);
      return {
        stream_id: streamId(streamType, id),
        version: { $gt: followed.state?.version ?? 0, $lte: upTo },
      };
    });
    const starts = new Map([...visits].map(([id, { followed }]) => [id, followed]));
    // Each visit's own is what is gone on with.
    for await (const _ of followStreams(writeDb, { following: options, settings }, { $or: wanted }, starts));
  };

  const fire = async (visits: Visit[], nexts: (Inbox | undefined)[]): Promise<void> => {
    for (const [index, { inbox, followed }] of visits.entries()) {
      for (const opened of followed.opened) {
        const { version } = opened.event;
        if (covers(nexts[index], version) && !covers(inbox, version)) await onOpened(opened, resources);
      }
    }
  };

  const attempt = (events: RecordedEvent[]): Promise<Visit[]> =>
    inTransaction(readDb.client, async (session) => {
      const groups = Map.groupBy(events, ownIn);
      const known = await findIn(inboxes, [...groups.keys()].map(keyOf), session);
      const fresh = new Map(
        [...groups].flatMap(([id, group]) => {
          const ahead = group.filter(({ version }) => !covers(known.get(keyOf(id)), version));
          return ahead.length === 0 ? [] : [[id, ahead] as const];
        }),
      );
      if (fresh.size === 0) return [];
      const stored = await findIn(stateViews, [...fresh.keys()], session);
      const visits = new Map(
        [...fresh].map(([id, ahead]) => {
          const followed = startOf(id, ahead, stored.get(id));
          return [id, { events: ahead, inbox: known.get(keyOf(id)), followed }];
        }),
      );
      await followAll(visits);
      const all = [...visits.values()];
      const nexts = all.map((visit) => nextInbox(keyOf(visit.followed.id), visit));
      const operations = nexts.flatMap((next) =>
        next === undefined
          ? []
          : [{ replaceOne: { filter: { _id: next._id }, replacement: next, upsert: true } }],
      );
      if (operations.length > 0) await inboxes.bulkWrite(operations, { session });
      await writeNewer(
        documentViews,
        all.flatMap(({ followed }) => [...followed.documents.values()]),
        session,
      );
      await writeNewer(
        stateViews,
        all.flatMap(({ followed }) => followed.state ?? []),
        session,
      );
      await fire(all, nexts);
      return all;
    });

  /** Another at work on the same aggregates has won: what it did is seen by the next attempt. */
  const untilDone = async (events: RecordedEvent[]): Promise<Visit[]> => {
    for (let lost = 0; ; lost += 1) {
      try {
        return await attempt(events);
      } catch (error) {
        const hasLost = duplicateKeys(error) !== undefined || (isTransient(error) && !isUnavailable(error));
        if (!hasLost || lost >= mostAttempts) throw error;
        await backOff(lost);
      }
    }
  };

  return {
    name,

    async apply(events) {
      const result = noneApplied();
      const mine = events.filter(({ event_id, stream_type }) => {
        if (stream_type === streamType) return true;
        result.failures.set(event_id, new AppError('unknown_event', `${name} follows no ${stream_type}`));
        return false;
      });
      if (mine.length === 0) return result;
      for (const visit of await untilDone(mine)) {
        for (const event of visit.events) {
          const failure = failureOf(visit, event);
          if (failure === undefined) result.applied.push(event);
          else result.failures.set(event.event_id, failure);
        }
      }
      result.duplicates = events.length - result.applied.length - result.failures.size;
      return result;
    },

    async findMissing(events) {
      const known = await findIn(inboxes, [...new Set(events.map((event) => keyOf(ownIn(event))))]);
      return events.filter((event) => !covers(known.get(keyOf(ownIn(event))), event.version));
    },
  };
};

const mostAttempts = 10;

/** The subscriber of a follower; `followedModels` gives its read models. */
export const follower = (options: FollowerOptions): SubscriberDefinition => ({
  name: options.name,
  hears: options.hears,
  create: (resources) => create(options, resources),
});
