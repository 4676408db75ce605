// What operators do, on record.
import * as z from 'zod';
import { requiredText } from '../../../core/fields.ts';
import { count, instant, object, page } from './common.ts';

export const actionKind = z.enum([
  'redrive',
  'unpark',
  'discard',
  'rebuild',
  'dry_run',
  'replay',
  'mend',
  'reconcile',
]);

export const actionState = z.enum([
  // The worker was called, and has not begun.
  'requested',
  'running',
  // It was asked to stop, and will at its next step.
  'stopping',
  'done',
  'stopped',
  'failed',
  // Nothing was heard of it for a minute: what it had done is here, and it can safely be started again.
  'cut_off',
]);

/** What was asked for, and what became of it. */
export const action = z.object({
  id: z.string(),
  kind: actionKind,
  /** A subscription, a projection, a stream id, or `all`. */
  target: z.string(),
  /** As it was asked for. */
  input: object,
  state: actionState,
  /** `token:` and the first characters of the bearer token's hash, a JWT's subject, `sls invoke`, or `anyone`. */
  by: z.string(),
  requested_at: instant,
  started_at: instant.nullable(),
  /** When it was last heard of. */
  heard_at: instant,
  ended_at: instant.nullable(),
  progress: z.object({
    /** Aggregates, events or letters, as far as it is. */
    done: count,
    /** How many there are, about; null if that is not known. */
    total: count.nullable(),
    per_second: z.number().nullable(),
    /** Null if it is not known, 0 at the end. */
    remaining_ms: z.number().nullable(),
  }),
  /** What `sls invoke` answers for the same, as far as it got (a list: one for each read model); null before. */
  result: z.union([object, z.array(object)]).nullable(),
  error: z.string().nullable(),
  /** The command that does the same. */
  command: z.string(),
  /** The command that stops it; null if it cannot be stopped. */
  stop_command: z.string().nullable(),
});

/** GET /ops/actions takes `kind`, `limit` (20, max 100), `after`: the newest first. */
export const actionList = page(action);

// Each POST below answers 202 with `Location` (GET it for the progress) and the action. DELETE of a rebuild or a replay
// asks it to stop: 202 with the action, 409 if it has ended.

/** POST /ops/redrive. The subscription `relay` stands for parked events. */
export const redriveInput = z.strictObject({
  subscription: z.string(),
  fingerprint: z.string().optional(),
  event_ids: z.array(z.string()).min(1).max(1_000).optional(),
});

/** POST /ops/discard */
export const discardInput = redriveInput.extend({ reason: requiredText(1_000) });

/** POST /ops/rebuilds; Location /ops/rebuilds/{id}. Without a projection: all, one after the other. */
export const rebuildInput = z.strictObject({
  projection: z.string().optional(),
  dry_run: z.boolean().default(false),
});

/** POST /ops/replays; Location /ops/replays/{id} */
export const replayInput = z.strictObject({
  subscription: z.string(),
  from: count.default(0),
});

/** POST /ops/reconcile */
export const reconcileInput = z.strictObject({});
