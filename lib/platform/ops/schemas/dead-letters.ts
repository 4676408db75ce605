// Dead letters, and events that a queue refused for good.
import * as z from 'zod';
import { count, cursor, failure, instant } from './common.ts';

export const letterInGroup = z.object({
  /** For GET /dead-letters/{id}. */
  id: z.string(),
  message_id: z.string(),
  event_id: z.string().optional(),
  correlation_id: z.string().optional(),
  last_at: instant,
  attempts: count,
});

export const deadLetterGroup = z.object({
  subscription: z.string(),
  fingerprint: z.string(),
  error: failure,
  count,
  replays: count,
  first_at: instant,
  last_at: instant,
  /** Up to ten, the latest first; of one cause (`subscription` and `fingerprint` given) up to `limit`. */
  letters: z.array(letterInGroup),
});

export const parkedEvent = z.object({
  event_id: z.string(),
  stream_id: z.string(),
  type: z.string(),
  correlation_id: z.string(),
  error: z.string(),
  attempts: count,
  parked_at: instant,
});

/**
 * GET /dead-letters takes `subscription`, `fingerprint`, `limit` (20, max 100), `after`. Causes, the latest first; with a
 * fingerprint the cursor goes through that cause's letters. `parked` (the latest, up to `limit`) is empty with a filter;
 * `subscription=relay` pages through the parked events alone.
 */
export const deadLetters = z.object({
  groups: z.array(deadLetterGroup),
  parked: z.array(parkedEvent),
  next_cursor: cursor,
});

/** GET /dead-letters/{id} */
export const deadLetter = z.object({
  id: z.string(),
  subscription: z.string(),
  message_id: z.string(),
  event_id: z.string().optional(),
  correlation_id: z.string().optional(),
  fingerprint: z.string(),
  error: failure,
  first_at: instant,
  last_at: instant,
  attempts: count,
  /** False: it is being retried, or has been put back. */
  dead: z.boolean(),
  replays: count,
  /** The message as it was delivered: any text. */
  body: z.string(),
});
