// What is behind: events that have not taken effect past the time that a read model may be old, counted by where they are.
import type { DeadLetter } from '../dead-letters/records.ts';
import type { KeyRow } from '../stores/event-rows.ts';

export interface Behind {
  events: number;
  /** Since the recording of the oldest; 0 if there is none. */
  oldest_ms: number;
  /** There may be more than these. */
  at_least: boolean;
  /** The same events by where they are. */
  pending: number;
  parked: number;
  dead: number;
  retrying: number;
  /** On the queue, being worked on, or lost. */
  waiting: number;
  oldest_waiting_ms: number;
}

export const nothing = (): Behind => ({
  events: 0,
  oldest_ms: 0,
  at_least: false,
  pending: 0,
  parked: 0,
  dead: 0,
  retrying: 0,
  waiting: 0,
  oldest_waiting_ms: 0,
});

/** The sum of several subscriptions. */
export const addBehind = (all: readonly Behind[]): Behind =>
  all.reduce(
    (sum, one) => ({
      events: sum.events + one.events,
      oldest_ms: Math.max(sum.oldest_ms, one.oldest_ms),
      at_least: sum.at_least || one.at_least,
      pending: sum.pending + one.pending,
      parked: sum.parked + one.parked,
      dead: sum.dead + one.dead,
      retrying: sum.retrying + one.retrying,
      waiting: sum.waiting + one.waiting,
      oldest_waiting_ms: Math.max(sum.oldest_waiting_ms, one.oldest_waiting_ms),
    }),
    nothing(),
  );

/** Nothing is behind, as far as is known, and all is known. */
export const isWithin = ({ events, at_least }: Behind): boolean => events === 0 && !at_least;

/** A moment, by both clocks: events are recorded by the functions' clock, and published by the database's. */
export interface Now {
  here: number;
  database: number;
}

/** Which clock is wrong, we cannot know: the older age counts. */
export const ageOf = ({ recorded_at, published_at }: KeyRow, { here, database }: Now): number =>
  Math.max(here - recorded_at.getTime(), published_at === undefined ? 0 : database - published_at.getTime());

/** Where an event is that has not taken effect. */
export const placeOf = (
  { pending, parked_at }: Pick<KeyRow, 'pending' | 'parked_at'>,
  record: Pick<DeadLetter, 'dead'> | undefined,
): 'parked' | 'dead' | 'retrying' | 'pending' | 'waiting' => {
  if (parked_at !== undefined) return 'parked';
  if (record !== undefined) return record.dead ? 'dead' : 'retrying';
  return pending ? 'pending' : 'waiting';
};
