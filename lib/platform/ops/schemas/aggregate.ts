// One aggregate: its events, its state, its read documents beside a replay.
import * as z from 'zod';
import { count, cursor, object } from './common.ts';
import { loggedEvent } from './log.ts';

/** A read document beside what a replay of the write side gives. */
export const comparedDocument = z.object({
  projection: z.string(),
  collection: z.string(),
  schema_version: count,
  /** The document's: a read model may keep several of one aggregate. */
  id: z.string(),
  /** Null: there is none. */
  stored: object.nullable(),
  /** Null: there should be none, or it cannot be computed (`error`). */
  replayed: object.nullable(),
  error: z.string().nullable(),
  /** The top-level fields that differ; empty if the two are equal. */
  differing: z.array(z.string()),
});

/**
 * GET /ops/aggregates/{stream_id} takes `version` (the last one if absent), `after_version`, `limit` (50, max 100).
 * 404 if there is no such stream. Read documents are compared as they are now, whatever the `version`.
 */
export const aggregate = z.object({
  stream_id: z.string(),
  stream_type: z.string(),
  id: z.string(),
  store: z.enum(['state', 'events']),
  last_version: count,
  /** The version that `state` is at. */
  version: count,
  /** Null if it cannot be folded: `state_error` says why (events gone by retention, an unknown type). */
  state: object.nullable(),
  state_error: z.string().nullable(),
  /** By version, ascending; the cursor parameter is `after_version`. */
  events: z.array(loggedEvent),
  next_cursor: cursor,
  /** Of each read model that is made of it; of those with one for each event, of the last 1,000. */
  documents: z.array(comparedDocument),
  /** How many more there are than an answer has room for; those that differ come first. */
  documents_left_out: count,
  /** What its subscribers have not applied yet, the relay's queue included. */
  missing: z.array(z.object({ subscription: z.string(), event_id: z.string(), version: count })),
});

/** POST /ops/aggregates/{stream_id}/mend takes no body; 200, and the work is done. */
export const mendAnswer = z.object({
  action_id: z.string(),
  stream_id: z.string(),
  /** As they are afterwards. */
  documents: z.array(comparedDocument),
  documents_left_out: count,
  /** Documents that were put right. */
  mended: count,
});
