// A subscriber reacts to events from its own queue, unaware of the others.
// What it must guarantee: applying an event twice, late or out of order has the effect of applying it once, in order.
import { applyEach, type Outcome } from '../apply-each.ts';
import type { EventKey, RecordedEvent } from '../events.ts';
import type { ReadSettings } from '../settings.ts';
import type { Databases, ReadModelDefinition } from './read-model.ts';

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
export interface Resources extends Databases {
  settings: ReadSettings;
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
