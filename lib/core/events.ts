// Events: their stored shape, their versions, and the one place where an old shape becomes today's.
// The log is never rewritten: an upcast happens on read, for every reader alike.
import type * as z from 'zod';
import type { DomainEvent } from './decider.ts';
import { AppError } from './errors.ts';
import { bringUp, type Shape } from './shape.ts';

/** Who caused an event. `causation_id` is the command's id; `correlation_id` follows the whole conversation. */
export interface EventMetadata {
  command_id: string;
  correlation_id: string;
  causation_id: string;
  traceparent?: string;
  /** When the request came in, or its command was put on a queue. */
  requested_at?: Date;
  request_hash?: string;
  /** The further commands that were folded into the event, if it stands for several. */
  merged_commands?: { command_id: string; correlation_id: string }[];
}

interface EventEnvelope {
  event_id: string;
  stream_id: string;
  stream_type: string;
  version: number;
  schema_version: number;
  metadata: EventMetadata;
  recorded_at: Date;
}

/** An event as it was recorded: `version` is dense per stream, `recorded_at` never goes back within one. */
export type RecordedEvent<E extends DomainEvent = DomainEvent> = E extends DomainEvent
  ? E & EventEnvelope
  : never;

/** What tells an event apart, without what is in it. */
export interface EventKey {
  event_id: string;
  stream_id: string;
  stream_type: string;
  version: number;
  type: string;
}

/** The row in `events`, which is also its own outbox row: `pending` until every subscriber's queue has it. */
export interface EventRow extends Omit<RecordedEvent, 'event_id'> {
  _id: string;
  /** The keys of the commands that this append fulfils; unique over all rows. On the last event of an append. */
  idempotency_keys?: string[];
  pending?: true;
  published_at?: Date;
  /** The subscriptions that have it, if some refused it. */
  published_to?: string[];
  attempts?: number;
  next_attempt_at?: Date;
  parked_at?: Date;
  error?: string;
}

export const streamId = (streamType: string, id: string): string => `${streamType}-${id}`;

/** The aggregate's own id: what follows the first dash of the stream's. */
export const aggregateId = (stream: string): string => stream.slice(stream.indexOf('-') + 1);

/** One type of event: the schema of today's data, its version, and for each older version the step to the next. */
export type EventType<D extends z.ZodType = z.ZodType> = Shape<D>;

export type EventTypes = Record<string, EventType>;

/** The union of a domain's events, inferred from its table of event types. */
export type EventOf<T extends EventTypes> = {
  [K in keyof T & string]: { type: K; data: z.infer<T[K]['data']> & object };
}[keyof T & string];

const code = 'unknown_event';

const typeOf = (types: EventTypes, type: string): EventType => {
  const found = Object.hasOwn(types, type) ? types[type] : undefined;
  if (found === undefined) throw new AppError(code, `No event type ${type} is known here`);
  return found;
};

/** Today's version of a type, for a new row. */
export const schemaVersionOf = (types: EventTypes, type: string): number =>
  typeOf(types, type).schema_version;

const brought = (type: EventType, event: RecordedEvent): RecordedEvent => {
  const data = bringUp(type, event.schema_version, { ...event.data }, { what: event.type, code });
  return { ...event, data: data as object, schema_version: type.schema_version };
};

/**
 * Today's shape of an event of our own log. One of today's version is taken as it was written: it was checked when its
 * command was, and a look at each would cost as much as folding it.
 * @throws AppError `unknown_event` if its type is unknown, its version newer than this code, or what the steps made of
 * it does not fit today's schema.
 */
export const upcast = (types: EventTypes, event: RecordedEvent): RecordedEvent => {
  const type = typeOf(types, event.type);
  return event.schema_version === type.schema_version ? event : brought(type, event);
};

/**
 * Today's shape of an event that came from outside, such as on a queue: its data is checked whatever its version.
 * @throws AppError `unknown_event` as `upcast` does, and also if today's data does not fit.
 */
export const checked = (types: EventTypes, event: RecordedEvent): RecordedEvent => {
  const type = typeOf(types, event.type);
  const fit = brought(type, event);
  // What fits stays as it is, so that a projection folds the same from a message and from the log.
  return event.schema_version === type.schema_version ? event : fit;
};

/** The recorded event in a row of `events`. */
export const fromRow = (row: EventRow): RecordedEvent => ({
  event_id: row._id,
  stream_id: row.stream_id,
  stream_type: row.stream_type,
  version: row.version,
  type: row.type,
  schema_version: row.schema_version,
  data: row.data,
  metadata: row.metadata,
  recorded_at: row.recorded_at,
});
