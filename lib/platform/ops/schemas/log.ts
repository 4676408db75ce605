// The log, one event, and a trace.
import * as z from 'zod';
import { count, failure, instant, object, page } from './common.ts';

/** GET /ops/events takes: `after_position` goes on from a position in the order asked for. */
export const eventFilters = {
  order: z.enum(['asc', 'desc']),
  after_position: count,
  stream_type: z.string(),
  type: z.string(),
  stream_id: z.string(),
  correlation_id: z.string(),
  limit: z.int().min(1).max(100),
};

export const eventMetadata = z.object({
  command_id: z.string(),
  correlation_id: z.string(),
  causation_id: z.string(),
  traceparent: z.string().optional(),
  requested_at: instant.optional(),
  request_hash: z.string().optional(),
  merged_commands: z.array(z.object({ command_id: z.string(), correlation_id: z.string() })).optional(),
});

export const loggedEvent = z.object({
  event_id: z.string(),
  /** Null before the relay has seen the event. */
  position: count.nullable(),
  stream_id: z.string(),
  stream_type: z.string(),
  version: count,
  type: z.string(),
  schema_version: count,
  /** As it was recorded; in a list null if it is longer than 4 KiB: GET /ops/events/{event_id} has all of it. */
  data: object.nullable(),
  data_bytes: count,
  metadata: eventMetadata,
  recorded_at: instant,
  /** When the last of its queues had taken it; null while it is pending or parked. */
  published_at: instant.nullable(),
});

/** GET /ops/events. The cursor parameter is `after_position`. */
export const eventList = page(loggedEvent);

export const eventState = z.enum([
  'pending',
  'queued',
  'retrying',
  'applied',
  'dead',
  'parked',
  // An operator has ended it, with a reason.
  'discarded',
]);

/** Where an event is, for one subscriber. */
export const eventAtSubscriber = z.object({
  subscription: z.string(),
  state: eventState,
  /** Failures so far, if it is `retrying`, `dead`, `parked`, or `pending` after a refusal; else 0. */
  attempts: count,
  max_attempts: count,
  /** The last failure; null if there was none. */
  error: failure.nullable(),
  /** Names the dead letter, or the failure that may become one: GET /dead-letters/{id}. */
  dead_letter_id: z.string().nullable(),
  /** When it took effect, as far as that is on record (one day; under load not of every event). */
  applied_at: instant.nullable(),
  /** When the failure, the parking or the discarding was; null otherwise. */
  failed_at: instant.nullable(),
});

/** GET /ops/events/{event_id} */
export const eventDetail = loggedEvent.extend({
  data: object,
  /** Why it could not be sent, if it is pending after a refusal, or parked. */
  send_error: z.string().nullable(),
  next_attempt_at: instant.nullable(),
  parked_at: instant.nullable(),
  subscribers: z.array(eventAtSubscriber),
});

/** One thing that is known to have happened, or to be owed. */
export const traceStep = z.object({
  step: z.enum([
    // The request with the command came in.
    'received',
    // A transaction has kept the event; its queues have it; a subscriber has applied it.
    'recorded',
    'published',
    'applied',
    // A subscriber has failed and will be asked again; has failed for good; the relay has given the event up.
    'retrying',
    'dead',
    'parked',
    // Not yet: `at` is null.
    'owed',
  ]),
  at: instant.nullable(),
  /** Milliseconds from the trace's start; null if `at` is. */
  ms: z.number().nullable(),
  command_id: z.string().nullable(),
  /** The command's or the event's type. */
  type: z.string().nullable(),
  event_id: z.string().nullable(),
  stream_id: z.string().nullable(),
  version: count.nullable(),
  /** Of `applied`, `retrying`, `dead`, `owed`. */
  subscription: z.string().nullable(),
  error: z.string().nullable(),
});

/** GET /ops/traces/{correlation_id}: 404 if nothing is known of it. Steps are in order of `at`, those owed last. */
export const trace = z.object({
  correlation_id: z.string(),
  started_at: instant,
  /** To the last step that is known. */
  duration_ms: z.number(),
  /** Every event has taken effect at each of its subscribers. */
  complete: z.boolean(),
  /** There were more than 200 events: the rest is left out. */
  cut: z.boolean(),
  steps: z.array(traceStep),
});
