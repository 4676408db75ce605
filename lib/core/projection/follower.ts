// The kind of subscriber that follows each aggregate with a state of its own, and opens and changes documents as it goes:
// an alert, a reminder. To open one is an effect outside of the database, fired once.
// A message is only the doorbell: the events are read from the stream, so that disorder and losses make no difference.
// Guarantees: states, documents and inbox are written in one transaction, and the effect is fired inside of it, while the
// inbox is locked: of two at work one fires. An effect is never lost; it is fired again only if that commit then fails.
// States and documents are read models: thrown away, they are rebuilt from the streams, and no effect is fired by it,
// since the inbox is none of them. What lies before the first event that an aggregate's inbox has heard of fires nothing
// until it is delivered itself (replay): a new subscriber does not fire for the past.
import { backOff } from '../back-off.ts';
import { duplicateKeys, isGivenUp, isTransient, isUnavailable } from '../driver-errors.ts';
import { AppError } from '../errors.ts';
import type { RecordedEvent } from '../events.ts';
import { inTransaction } from '../stores/transaction.ts';
import { followedModels } from './following.ts';
import { covers, inboxesOf } from './inbox.ts';
import type { ReadModelDefinition } from './read-model.ts';
import { noneApplied, type Resources, type Subscriber, type SubscriberDefinition } from './subscriber.ts';
import {
  begin,
  type FollowerOptions,
  failureOf,
  findIn,
  fire,
  follow,
  idIn,
  inboxId,
  type Parts,
  type Visit,
  write,
} from './visits.ts';

const attempt = (parts: Parts, events: RecordedEvent[]): Promise<Visit[]> =>
  inTransaction(parts.resources.readDb.client, async (session) => {
    const visits = await begin(parts, events, session);
    if (visits.length === 0) return visits;
    await follow(parts, visits);
    await write(parts, visits, session);
    await fire(parts, visits);
    return visits;
  });

const mostAttempts = 10;

/** Another at work on the same aggregates may win: what it did is seen by the next attempt. */
const visitAll = async (parts: Parts, events: RecordedEvent[]): Promise<Visit[]> => {
  for (let lost = 0; ; lost += 1) {
    try {
      return await attempt(parts, events);
    } catch (error) {
      const hasLost =
        duplicateKeys(error) !== undefined ||
        isGivenUp(error) ||
        (isTransient(error) && !isUnavailable(error));
      if (!hasLost || lost >= mostAttempts) throw error;
      await backOff(lost);
    }
  }
};

const create = (options: FollowerOptions, resources: Resources): Subscriber => {
  const { name, streamType, states, documents } = options;
  const { readDb } = resources;
  const parts: Parts = {
    options,
    resources,
    inboxes: inboxesOf(readDb),
    states: readDb.collection(states.collection),
    documents: readDb.collection(documents.collection),
  };
  return {
    name,

    async apply(events) {
      const result = noneApplied();
      const mine = events.filter(({ stream_type }) => stream_type === streamType);
      for (const { event_id, stream_type } of events) {
        if (stream_type === streamType) continue;
        result.failures.set(event_id, new AppError('unknown_event', `${name} follows no ${stream_type}`));
      }
      for (const visit of mine.length === 0 ? [] : await visitAll(parts, mine)) {
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
      const ids = new Set(events.map((event) => inboxId(parts, idIn(event))));
      const known = await findIn(parts.inboxes, [...ids]);
      return events.filter((event) => !covers(known.get(inboxId(parts, idIn(event))), event.version));
    },
  };
};

/** The two read models, of the states and of the documents, and the subscriber that keeps them. */
export const follower = (
  options: FollowerOptions,
): { models: ReadModelDefinition[]; subscriber: SubscriberDefinition } => {
  const models = followedModels(options);
  const { name, hears } = options;
  return {
    models,
    subscriber: { name, hears, keeps: models, create: (resources) => create(options, resources) },
  };
};
