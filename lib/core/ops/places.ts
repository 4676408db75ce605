// Where events are, for each subscriber that hears of them: asked of the subscribers, and of what is on record.
import type { Db } from 'mongodb';
import { findDiscarded } from '../dead-letters/discarded.ts';
import { type DeadLetter, findRecords } from '../dead-letters/records.ts';
import type { EventRow } from '../events.ts';
import { placeOf } from '../observe/behind.ts';
import type { Subscriber } from '../projection/subscriber.ts';
import { findEffects } from './effects.ts';

export type EventState = 'pending' | 'queued' | 'retrying' | 'applied' | 'dead' | 'parked' | 'discarded';

export interface EventPlace {
  event_id: string;
  subscription: string;
  state: EventState;
  /** Failures so far. */
  attempts: number;
  error: DeadLetter['error'] | null;
  letter_id: string | null;
  /** When it took effect, as far as that is on record. */
  applied_at: Date | null;
  failed_at: Date | null;
}

export interface PlaceOptions {
  readDb: Db;
  subscribers: readonly { subscriber: Subscriber; hears: readonly string[] }[];
}

const stateOf = (row: EventRow, record: Pick<DeadLetter, 'dead'> | undefined): EventState => {
  const place = placeOf(row, record);
  return place === 'waiting' ? 'queued' : place;
};

const sendError = ({ error }: EventRow): DeadLetter['error'] | null =>
  error === undefined ? null : { name: 'NotSent', message: error };

const placesAt = async (
  { readDb }: PlaceOptions,
  subscriber: Subscriber,
  rows: EventRow[],
  effects: ReadonlyMap<string, Date>,
): Promise<EventPlace[]> => {
  const { name: subscription } = subscriber;
  const missing = await subscriber.findMissing(rows.map((row) => ({ ...row, event_id: row._id })));
  const ids = missing.map(({ event_id }) => event_id);
  const [records, discarded] = await Promise.all([
    findRecords(readDb, subscription, ids),
    findDiscarded(readDb, subscription, ids),
  ]);
  const isMissing = new Set(ids);
  return rows.map((row): EventPlace => {
    const { _id: event_id } = row;
    const base = { event_id, subscription, attempts: 0, error: null, letter_id: null };
    if (!isMissing.has(event_id)) {
      const applied_at = effects.get(`${subscription}/${event_id}`) ?? null;
      return { ...base, state: 'applied', applied_at, failed_at: null };
    }
    const record = records.get(event_id);
    if (record !== undefined) {
      const { _id: letter_id, attempts, error, last_at } = record;
      const state = stateOf(row, record);
      return { ...base, state, attempts, error, letter_id, applied_at: null, failed_at: last_at };
    }
    const ended = discarded.get(event_id);
    if (ended !== undefined) {
      const error = { name: 'Discarded', message: ended.reason };
      return { ...base, state: 'discarded', error, applied_at: null, failed_at: ended.discarded_at };
    }
    const failed_at = row.parked_at ?? null;
    const attempts = row.attempts ?? 0;
    const error = row.published_at === undefined ? sendError(row) : null;
    return { ...base, state: stateOf(row, undefined), attempts, error, applied_at: null, failed_at };
  });
};

/** In the order of the events. */
export const findPlaces = async (options: PlaceOptions, rows: EventRow[]): Promise<EventPlace[]> => {
  const effects = await findEffects(
    options.readDb,
    rows.map(({ _id }) => _id),
  );
  const all = await Promise.all(
    options.subscribers.map(({ subscriber, hears }) => {
      const heard = rows.filter(({ type }) => hears.includes(type));
      return heard.length === 0 ? [] : placesAt(options, subscriber, heard, effects);
    }),
  );
  const byEvent = Map.groupBy(all.flat(), ({ event_id }) => event_id);
  return rows.flatMap(({ _id }) => byEvent.get(_id) ?? []);
};
