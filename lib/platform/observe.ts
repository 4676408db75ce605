// What an operator wants to know at a glance: the backlog, each subscription's queue and lag, each dependency's health.
import type { Db } from 'mongodb';
import { type LagSummary, noLag } from '../core/projection/lag.ts';
import { eventRows } from '../core/stores/event-rows.ts';
import { type QueueDepth, queueDepth } from './sqs/depth.ts';

export interface Backlog {
  pending: number;
  oldest_pending_ms: number;
  parked: number;
}

export const measureBacklog = async (writeDb: Db): Promise<Backlog> => {
  const events = eventRows(writeDb);
  const [pending, oldest, parked] = await Promise.all([
    events.countDocuments({ pending: true }, { hint: 'pending' }),
    events.find({ pending: true }).sort({ recorded_at: 1, version: 1 }).limit(1).next(),
    events.countDocuments({ parked_at: { $exists: true } }, { hint: 'parked' }),
  ]);
  return {
    pending,
    oldest_pending_ms: oldest === null ? 0 : Math.max(0, Date.now() - oldest.recorded_at.getTime()),
    parked,
  };
};

/** Whoever looks has an answer in good time: a server that says nothing is as good as away. */
const patienceMs = 2_000;

/** @throws whatever the promise throws, or an Error if time is up before. */
const inTime = async <T>(promise: Promise<T>): Promise<T> => {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Error(`No answer within ${patienceMs} ms`)), patienceMs);
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
};

/** Null if the queue server does not answer. */
type MaybeDepth = { [K in keyof QueueDepth]: QueueDepth[K] | null };

const unknownDepth: MaybeDepth = { waiting: null, in_flight: null, dead_letters: null };

export interface QueueMetrics extends MaybeDepth {
  lag: LagSummary;
  /** When its consumer took a batch last; null if never. */
  heard_at: Date | null;
}

/** What a queue holds, and what its consumer did. */
export const measureQueue = async (
  queue: string,
  { lags, heard }: { lags: ReadonlyMap<string, LagSummary>; heard: ReadonlyMap<string, Date> },
): Promise<QueueMetrics> => ({
  ...(await inTime(queueDepth(queue)).catch(() => unknownDepth)),
  lag: lags.get(queue) ?? noLag,
  heard_at: heard.get(queue) ?? null,
});

export interface Health {
  name: string;
  ok: boolean;
  duration_ms: number;
}

/** Whether a dependency answers, and how fast. */
export const check = async (name: string, probe: () => Promise<unknown>): Promise<Health> => {
  const started = performance.now();
  const ok = await inTime(probe()).then(
    () => true,
    () => false,
  );
  return { name, ok, duration_ms: Math.round((performance.now() - started) * 10) / 10 };
};
