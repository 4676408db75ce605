// Lag: the time from an event's recording to its effect on a subscriber, kept as a histogram a minute, so that
// percentiles over many containers cost one small read. A percentile is the upper bound of its bucket.
import type { Db } from 'mongodb';

/** Upper bounds in milliseconds; the last bucket is open. */
export const lagBoundsMs = [
  1, 2, 3, 5, 7, 10, 15, 20, 30, 40, 50, 75, 100, 150, 200, 250, 300, 400, 500, 750, 1_000, 1_500, 2_000,
  3_000, 5_000, 10_000, 30_000, 60_000, 300_000, 900_000, 3_600_000,
];

export const lagsCollection = 'lags';

const slots = 8;

/** A part of a minute's counts. */
interface LagMinute {
  _id: string;
  subscription: string;
  minute: Date;
  /** Counts by index of the bound. */
  buckets: Record<string, number>;
}

export interface LagSummary {
  count: number;
  p50_ms: number;
  p95_ms: number;
  p99_ms: number;
}

const bucketOf = (lagMs: number): number => {
  const index = lagBoundsMs.findIndex((bound) => lagMs <= bound);
  return index === -1 ? lagBoundsMs.length : index;
};

export const recordLags = async (
  db: Db,
  subscription: string,
  lagsMs: number[],
  now = new Date(),
): Promise<void> => {
  if (lagsMs.length === 0) return;
  const minute = new Date(Math.floor(now.getTime() / 60_000) * 60_000);
  const counts: Record<string, number> = {};
  for (const lagMs of lagsMs) {
    const field = `buckets.${bucketOf(lagMs)}`;
    counts[field] = (counts[field] ?? 0) + 1;
  }
  // Several documents a minute, so that many containers do not wait for each other at one.
  const slot = Math.floor(Math.random() * slots);
  await db.collection<LagMinute>(lagsCollection).updateOne(
    { _id: `${subscription}/${minute.toISOString()}/${slot}` },
    { $inc: counts, $setOnInsert: { subscription, minute } },
    // A count that a crash takes with it is not worth a projector's wait for the disk.
    { upsert: true, writeConcern: { w: 1, journal: false } },
  );
};

const percentile = (buckets: number[], total: number, share: number): number => {
  if (total === 0) return 0;
  let seen = 0;
  for (const [index, count] of buckets.entries()) {
    seen += count;
    if (seen >= total * share) return lagBoundsMs[index] ?? Number.MAX_SAFE_INTEGER;
  }
  return 0;
};

const summarize = (found: LagMinute[]): LagSummary => {
  const buckets = lagBoundsMs
    .concat(0)
    .map((_, index) => found.reduce((sum, { buckets: one }) => sum + (one[index] ?? 0), 0));
  const count = buckets.reduce((sum, one) => sum + one, 0);
  return {
    count,
    p50_ms: percentile(buckets, count, 0.5),
    p95_ms: percentile(buckets, count, 0.95),
    p99_ms: percentile(buckets, count, 0.99),
  };
};

export const noLag: LagSummary = { count: 0, p50_ms: 0, p95_ms: 0, p99_ms: 0 };

/** The percentiles of the last `minutes`, by subscription; none of one that has applied nothing. */
export const summarizeLags = async (db: Db, minutes: number): Promise<Map<string, LagSummary>> => {
  const since = new Date(Date.now() - minutes * 60_000);
  const found = await db
    .collection<LagMinute>(lagsCollection)
    .find({ minute: { $gte: since } })
    .toArray();
  const groups = Map.groupBy(found, ({ subscription }) => subscription);
  return new Map([...groups].map(([subscription, group]) => [subscription, summarize(group)]));
};
