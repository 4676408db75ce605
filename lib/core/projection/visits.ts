// One batch of a follower: each aggregate in it is visited, in the steps begin, follow, write, fire; all in the
// transaction of the caller.
import type { ClientSession, Collection, Filter, WithoutId } from 'mongodb';
import { AppError } from '../errors.ts';
import { aggregateId, type EventKey, type RecordedEvent, streamId } from '../events.ts';
import { type Followed, type Following, followStreams, type Opened, startAt } from './following.ts';
import { covers, extend, type Inbox } from './inbox.ts';
import { hasTodaysShape, type ReadDocument } from './projection.ts';
import type { Resources } from './subscriber.ts';

export interface FollowerOptions extends Following {
  /** Fires the effect of a document that was opened. What it throws is the failure of the event. */
  onOpened(opened: Opened, resources: Resources): void | Promise<void>;
}

export interface Parts {
  options: FollowerOptions;
  resources: Resources;
  inboxes: Collection<Inbox>;
  states: Collection<ReadDocument>;
  documents: Collection<ReadDocument>;
}

/** An aggregate of a batch: what is new of it, how far it was followed, and its inbox before and after. */
export interface Visit {
  events: RecordedEvent[];
  followed: Followed;
  before: Inbox | undefined;
  after?: Inbox;
}

export const idIn = ({ stream_id }: EventKey): string => aggregateId(stream_id);
const versionsOf = (events: RecordedEvent[]): number[] => events.map(({ version }) => version);

/** Why an event of the visit could not be followed, if it could not. */
export const failureOf = ({ followed: { state, failure } }: Visit, event: RecordedEvent): unknown => {
  const { stream_id, version } = event;
  if (failure !== undefined && version >= failure.version) return failure.error;
  if (version <= (state?.version ?? 0)) return undefined;
  return new AppError('event_missing', `The write side has no version ${version} of ${stream_id} yet`);
};

export const findIn = async <T extends { _id: string }>(
  collection: Collection<T>,
  ids: string[],
  session?: ClientSession,
): Promise<Map<string, T>> => {
  const options = session === undefined ? {} : { session };
  const found = collection.find<T>({ _id: { $in: ids as T['_id'][] } } as object, options);
  return new Map((await found.toArray()).map((one) => [one._id, one]));
};

/** Those that are newer than what is there, or of today's shape at last. */
const newerIn = async (
  collection: Collection<ReadDocument>,
  documents: ReadDocument[],
  session: ClientSession,
): Promise<ReadDocument[]> => {
  if (documents.length === 0) return [];
  const ids = documents.map(({ _id }) => _id);
  const stored = await findIn(collection, ids, session);
  return documents.filter(({ _id, version, schema_version }) => {
    const there = stored.get(_id);
    if (there === undefined || !(there.version >= version)) return true;
    return there.version === version && there.schema_version !== schema_version;
  });
};

const saveAll = async <T extends { _id: string }>(
  collection: Collection<T>,
  changed: T[],
  session: ClientSession,
): Promise<void> => {
  if (changed.length === 0) return;
  const operations = changed.map((one) => ({
    replaceOne: { filter: { _id: one._id } as Filter<T>, replacement: one as WithoutId<T>, upsert: true },
  }));
  await collection.bulkWrite(operations, { session });
};

export const inboxId = ({ options }: Parts, id: string): string => `${options.name}/${id}`;

/** Whether to go on from the state that is stored: not if what is new lies before it, or if another release wrote it. */
const mayGoOn = (options: FollowerOptions, events: RecordedEvent[], state: ReadDocument): boolean =>
  state.version < Math.min(...versionsOf(events)) && hasTodaysShape(options, state);

/** The aggregates of a batch that have something new in it. */
export const begin = async (
  parts: Parts,
  batch: RecordedEvent[],
  session: ClientSession,
): Promise<Visit[]> => {
  const groups = [...Map.groupBy(batch, idIn)];
  const known = await findIn(
    parts.inboxes,
    groups.map(([id]) => inboxId(parts, id)),
    session,
  );
  const visits = groups.map(([id, group]): Visit => {
    const before = known.get(inboxId(parts, id));
    const events = group.filter(({ version }) => !covers(before, version));
    return { events, before, followed: startAt(id) };
  });
  const fresh = visits.filter(({ events }) => events.length > 0);
  const ids = fresh.map(({ followed }) => followed.id);
  const states = await findIn(parts.states, ids, session);
  for (const visit of fresh) {
    const state = states.get(visit.followed.id);
    if (state !== undefined && mayGoOn(parts.options, visit.events, state)) visit.followed.state = state;
  }
  return fresh;
};

/** Follows each stream up to the last of the new events. */
export const follow = async ({ options, resources }: Parts, visits: Visit[]): Promise<void> => {
  const { writeDb, settings } = resources;
  const wanted = visits.map(({ events, before, followed }) => {
    const versions = versionsOf(events);
    // One from before the inbox began: what lies between the two is the inbox's from now on.
    const isEarlier = before !== undefined && Math.min(...versions) <= before.from;
    const upTo = Math.max(...versions, isEarlier ? before.from : 0);
    const stream_id = streamId(options.streamType, followed.id);
    return { stream_id, version: { $gt: followed.state?.version ?? 0, $lte: upTo } };
  });
  const starts = new Map(visits.map(({ followed }) => [followed.id, followed]));
  // Each visit's own is what is gone on with.
  for await (const _ of followStreams(writeDb, { following: options, settings }, { $or: wanted }, starts));
};

/**
 * Writes all that the visits have led to. The inboxes first: of two at work on one aggregate, one waits here, or fails.
 * All is read before that, so that nobody waits for a reading.
 */
export const write = async (parts: Parts, visits: Visit[], session: ClientSession): Promise<void> => {
  for (const visit of visits) {
    const done = visit.events.filter((event) => failureOf(visit, event) === undefined);
    if (done.length > 0)
      visit.after = extend(inboxId(parts, visit.followed.id), visit.before, versionsOf(done));
  }
  const { inboxes, documents, states } = parts;
  const followed = visits.map((visit) => visit.followed);
  const allDocuments = followed.flatMap((one) => [...one.documents.values()]);
  const allStates = followed.flatMap(({ state }) => state ?? []);
  const newDocuments = await newerIn(documents, allDocuments, session);
  const newStates = await newerIn(states, allStates, session);
  const after = visits.flatMap((visit) => visit.after ?? []);
  await saveAll(inboxes, after, session);
  await saveAll(documents, newDocuments, session);
  await saveAll(states, newStates, session);
};

export const fire = async ({ options, resources }: Parts, visits: Visit[]): Promise<void> => {
  for (const { before, after, followed } of visits) {
    for (const opened of followed.opened) {
      const { version } = opened.event;
      if (covers(after, version) && !covers(before, version)) await options.onOpened(opened, resources);
    }
  }
};
