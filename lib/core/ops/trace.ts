// All that one request caused, as far as it is on record: its events, their way to each subscriber, and the queued
// commands that failed. In order of time; what is owed comes last.
import type { Db } from 'mongodb';
import { deadLetterRecords } from '../dead-letters/records.ts';
import type { EventRow } from '../events.ts';
import { eventRows } from '../stores/event-rows.ts';
import { type EventPlace, findPlaces, type PlaceOptions } from './places.ts';

export interface TraceStep {
  step: 'received' | 'recorded' | 'published' | 'applied' | 'retrying' | 'dead' | 'parked' | 'owed';
  at: Date | null;
  command_id: string | null;
  type: string | null;
  event_id: string | null;
  stream_id: string | null;
  version: number | null;
  subscription: string | null;
  error: string | null;
}

export interface Trace {
  started_at: Date;
  complete: boolean;
  cut: boolean;
  steps: TraceStep[];
}

export interface TraceOptions extends PlaceOptions {
  writeDb: Db;
}

const mostEvents = 200;

const nowhere = { subscription: null, error: null };

/** Once for each command, however many events it has. */
const received = (rows: EventRow[]): TraceStep[] => {
  const byCommand = new Map(rows.map(({ metadata }) => [metadata.command_id, metadata.requested_at]));
  const about = { ...nowhere, type: null, event_id: null, stream_id: null, version: null };
  return [...byCommand].flatMap(([command_id, at]) =>
    at === undefined ? [] : [{ step: 'received' as const, at, command_id, ...about }],
  );
};

const ofEvent = (row: EventRow): TraceStep[] => {
  const { _id: event_id, type, stream_id, version, metadata, recorded_at, published_at, parked_at } = row;
  const about = { ...nowhere, command_id: metadata.command_id, type, event_id, stream_id, version };
  return [
    { step: 'recorded', at: recorded_at, ...about },
    ...(published_at === undefined ? [] : [{ step: 'published' as const, at: published_at, ...about }]),
    ...(parked_at === undefined
      ? []
      : [{ step: 'parked' as const, at: parked_at, ...about, error: row.error ?? null }]),
  ];
};

const ofPlace = (row: EventRow, place: EventPlace): TraceStep[] => {
  const { _id: event_id, type, stream_id, version, metadata } = row;
  const about = {
    command_id: metadata.command_id,
    type,
    event_id,
    stream_id,
    version,
    subscription: place.subscription,
    error: place.error?.message ?? null,
  };
  if (place.state === 'applied') return [{ step: 'applied', at: place.applied_at, ...about }];
  if (place.state === 'dead' || place.state === 'discarded')
    return [{ step: 'dead', at: place.failed_at, ...about }];
  const owed: TraceStep = { step: 'owed', at: null, ...about };
  return place.state === 'retrying' ? [{ step: 'retrying', at: place.failed_at, ...about }, owed] : [owed];
};

/** What failed of the queued commands: they have no event yet. */
const failedCommands = async (
  readDb: Db,
  correlationId: string,
  events: EventRow[],
): Promise<TraceStep[]> => {
  const known = new Set(events.map(({ _id }) => _id));
  const letters = await deadLetterRecords(readDb)
    .find({ correlation_id: correlationId }, { projection: { body: 0 } })
    .limit(mostEvents)
    .toArray();
  return letters
    .filter(({ event_id = '' }) => !known.has(event_id))
    .map(({ dead, last_at, event_id, subscription, error }) => ({
      step: dead ? 'dead' : 'retrying',
      at: last_at,
      command_id: event_id ?? null,
      type: null,
      event_id: null,
      stream_id: null,
      version: null,
      subscription,
      error: error.message,
    }));
};

const timeOf = ({ at }: TraceStep): number => at?.getTime() ?? Number.MAX_SAFE_INTEGER;

/** Undefined if nothing is known of it. */
export const findTrace = async (options: TraceOptions, correlationId: string): Promise<Trace | undefined> => {
  const found = await eventRows(options.writeDb)
    .find({
      $or: [
        { 'metadata.correlation_id': correlationId },
        { 'metadata.merged_commands.correlation_id': correlationId },
      ],
    })
    .sort({ recorded_at: 1 })
    .limit(mostEvents + 1)
    .toArray();
  const rows = found.slice(0, mostEvents);
  const [places, failed] = await Promise.all([
    findPlaces(options, rows),
    failedCommands(options.readDb, correlationId, rows),
  ]);
  const byId = new Map(rows.map((row) => [row._id, row]));
  const steps = [
    ...received(rows),
    ...rows.flatMap(ofEvent),
    ...places.flatMap((place) => {
      const row = byId.get(place.event_id);
      return row === undefined ? [] : ofPlace(row, place);
    }),
    ...failed,
  ].sort((one, other) => timeOf(one) - timeOf(other));
  const first = steps.find(({ at }) => at !== null)?.at;
  if (first === undefined || first === null) return undefined;
  return {
    started_at: first,
    complete: steps.every(({ step }) => step !== 'owed' && step !== 'retrying' && step !== 'dead'),
    cut: found.length > mostEvents,
    steps,
  };
};
