// GET /metrics, and what the system is made of.
import * as z from 'zod';
import { count, instant } from './common.ts';

const lag = z.object({ count, p50_ms: z.number(), p95_ms: z.number(), p99_ms: z.number() });

const queue = {
  /** Null if the queue server does not answer. */
  waiting: count.nullable(),
  in_flight: count.nullable(),
  dead_letters: count.nullable(),
  lag,
  /** When its consumer last took a batch; null if that was never, or more than a day ago. */
  heard_at: instant.nullable(),
  /** Something waits, and the consumer should have been heard of and was not. */
  silent: z.boolean(),
};

const behind = z.object({
  /** Events that have not taken effect past READ_LAG_MS, whatever the cause. */
  events: count,
  /** Since its recording; 0 if there is none. */
  oldest_ms: z.number(),
  /** The same ones by where they are. */
  pending: count,
  parked: count,
  dead: count,
  retrying: count,
  /** Waiting in the queue, being worked on, or lost on the way. */
  waiting: count,
  oldest_waiting_ms: z.number(),
  /** There may be more: the part of the log that is looked at is bounded. */
  at_least: z.boolean(),
});

export const metrics = z.object({
  backlog: z.object({ pending: count, oldest_pending_ms: z.number(), parked: count }),
  /** The position of the newest event in the log: from one answer to the next it tells events a second. */
  last_position: count,
  relay: z.object({
    /** `asleep`: nothing is owed, and none is needed. `silent`: something is owed, and none holds the lease. */
    state: z.enum(['awake', 'asleep', 'silent']),
    heard_at: instant.nullable(),
  }),
  reconcile: z.object({
    /** `silent`: it should have run within the last minutes, and did not. */
    state: z.enum(['awake', 'silent']),
    heard_at: instant.nullable(),
  }),
  subscriptions: z.array(
    z.object({ subscription: z.string(), ...queue, behind, within_contract: z.boolean() }),
  ),
  command_queues: z.array(z.object({ queue: z.string(), ...queue })),
  rebuilds: z.array(z.object({ projection: z.string(), scanned: count, done: z.boolean() })),
  read_lag_ms: count,
  behind,
  within_contract: z.boolean(),
  /** When it was measured. */
  at: instant,
});

/** GET /ops/system: what there is to choose from. */
export const system = z.object({
  service: z.string(),
  stage: z.string(),
  /** How a shell invokes a function of this stage, up to the function's name. */
  invoke: z.string(),
  domains: z.array(
    z.object({
      name: z.string(),
      streams: z.array(
        z.object({
          stream_type: z.string(),
          store: z.enum(['state', 'events']),
          event_types: z.array(z.string()),
        }),
      ),
      read_models: z.array(
        z.object({
          projection: z.string(),
          collection: z.string(),
          schema_version: count,
          /** About. */
          documents: count,
        }),
      ),
      subscribers: z.array(z.object({ subscription: z.string(), event_types: z.array(z.string()) })),
      command_queues: z.array(z.string()),
    }),
  ),
  max_attempts: count,
  read_lag_ms: count,
});
