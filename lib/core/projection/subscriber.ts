// A subscriber reacts to events from its own queue, unaware of the others.
// What it must guarantee: applying an event twice, late or out of order has the effect of applying it once, in order.
// Most subscribers are one of three kinds: a projector (projector.ts), a recorder that keeps a row for each event
// (recorder.ts), a follower with a state of its own and effects (follower.ts). Any other keeps this contract:
// - `apply` names each event in one of three ways: applied now, failed with its own reason, or, by neither, a duplicate.
//   Named as applied or as a duplicate, an event is deleted from the queue: it must be stored by then, with a majority.
// - What it keeps of an event, and the word that it was applied (its inbox), are one write or one transaction.
// - An event that needs no effect is applied like any other: noted, so that `findMissing` does not name it.
// - `findMissing` names an event exactly as long as `apply` would do something about it. Reconcile applies what it names,
//   and what it names late is what `/metrics` counts as behind.
// - An effect outside of the database is fired by `apply` alone, never by a rebuild.
import { applyEach, type Outcome } from '../apply-each.ts';
import type { EventKey, RecordedEvent } from '../events.ts';
import type { Ground, ReadModelDefinition } from './read-model.ts';

export type Applied = Outcome<RecordedEvent>;

export interface Subscriber {
  /** The subscription's name: its queue is called after it. */
  name: string;
  apply(events: RecordedEvent[]): Promise<Applied>;
  /**
   * Those of the events that have not taken effect yet. Asked often, of many events: it must cost a few indexed reads,
   * and it knows the events by their keys alone.
   */
  findMissing<E extends EventKey>(events: E[]): Promise<E[]>;
}

/** Each event with an outcome of its own. @throws whatever the subscriber throws when its database is away. */
export const applyEvents = ({ apply }: Subscriber, events: RecordedEvent[]): Promise<Applied> =>
  applyEach({ messages: events, idOf: ({ event_id }) => event_id, apply });

export const noneApplied = (): Applied => ({ applied: [], duplicates: 0, failures: new Map() });

/** What a subscriber is made of. */
export interface Resources extends Ground {
  /** Tells the operators: a line of the log with the event's correlation id, and a metric. */
  tell(subscription: string, what: string, event: RecordedEvent, about: Record<string, unknown>): void;
}

/** A subscriber as its domain declares it. */
export interface SubscriberDefinition {
  /** Its subscription: the queue, the dead letters, the metrics are called after it. */
  name: string;
  /** The types of the events that its queue gets. */
  hears: readonly string[];
  /** The read models that it keeps current, if that is what it does. */
  keeps?: readonly ReadModelDefinition[];
  create(resources: Resources): Subscriber;
}
