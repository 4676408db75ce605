// A subscriber reacts to events from its own queue, unaware of the others.
// What it must guarantee: applying an event twice, late or out of order has the effect of applying it once, in order.
import type { RecordedEvent } from '../events.ts';

export interface Applied {
  applied: RecordedEvent[];
  /** Already in effect: dropped, and counted. */
  duplicates: number;
  /** Why an event could not be applied, by its id. The others of the batch are applied all the same. */
  failures: Map<string, unknown>;
}

export interface Subscriber {
  /** The subscription's name: its queue is called after it. */
  name: string;
  apply(events: RecordedEvent[]): Promise<Applied>;
  /** Those of the events that have not taken effect yet. */
  findMissing(events: RecordedEvent[]): Promise<RecordedEvent[]>;
}

export const noneApplied = (): Applied => ({ applied: [], duplicates: 0, failures: new Map() });
