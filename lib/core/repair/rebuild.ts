// Recomputes a read model from the write side, in place, beside live projection. Guarantees: readers see a whole model
// at every moment; at the end each document is what a replay from nothing gives, and none is left without a write side;
// safe to run any number of times; a crash costs at most a batch a segment (checkpoint); one at a time (lease).
// It compares before it writes: a sound model is only read, and a dry run counts just what a run would do.
import { randomUUID } from 'node:crypto';
import type { Db } from 'mongodb';
import { createCheckpoint } from '../checkpoint.ts';
import { AppError } from '../errors.ts';
import { ensureIndexes } from '../indexes.ts';
import { acquireWithin, createLease, rebuildLeasesCollection } from '../lease.ts';
import type { ReadModel, Recomputed, Segment } from '../projection/projection.ts';
import { type Difference, type Examined, examineRange, mend } from './drift.ts';

export interface RebuildCounts {
  scanned: number;
  /** Documents that differ from their aggregate; of a run, those put right. */
  altered: number;
  missing: number;
  surplus: number;
  /** Aggregates that this code cannot compute (an unknown event): left as they are. */
  failed: number;
}

export interface RebuildAnswer extends RebuildCounts {
  projection: string;
  written: number;
  removed: number;
  duration_ms: number;
  /** False where time ran out: the next run goes on from the checkpoint. */
  done: boolean;
  dry_run?: true;
}

export interface RebuildOptions {
  /** Keeps checkpoints and the lease: the read database. */
  db: Db;
  timeLeftMs(): number;
  batchSize?: number;
  segments?: number;
}

interface Progress {
  schema_version: number;
  segments: (Segment & { done: boolean })[];
  counts: RebuildCounts;
  spent_ms: number;
}

const leaseMs = 5_000;
const defaults = { batchSize: 1_000, segments: 2 };

const noCounts = (): RebuildCounts => ({ scanned: 0, altered: 0, missing: 0, surplus: 0, failed: 0 });

/** The rebuild's last steps are no work to be counted against a time limit: what is left when it stops. */
const reserveMs = 2_000;

const begin = async ({ projection, source }: ReadModel, count: number): Promise<Progress> => ({
  schema_version: projection.schemaVersion,
  segments: (await source.segments(count)).map((segment) => ({ ...segment, done: false })),
  counts: noCounts(),
  spent_ms: 0,
});

interface Run {
  batchSize: number;
  timeLeftMs(): number;
  /** Does something about the differences of a batch. */
  settle(differences: Difference[]): Promise<void>;
  /** After each batch. */
  save(): Promise<void>;
}

const count = (counts: RebuildCounts, scanned: number, { differences, failed }: Examined): void => {
  counts.scanned += scanned;
  counts.failed += failed.length;
  for (const { stored, view } of differences) {
    counts[view === undefined ? 'surplus' : stored === undefined ? 'missing' : 'altered'] += 1;
  }
};

const runSegment = async (
  model: ReadModel,
  segment: Progress['segments'][number],
  counts: RebuildCounts,
  { batchSize, timeLeftMs, settle, save }: Run,
): Promise<void> => {
  if (segment.done) return;
  const finish = async (batch: Recomputed[], range: Segment): Promise<void> => {
    const examined = await examineRange(model, batch, range);
    await settle(examined.differences);
    count(counts, batch.length, examined);
  };
  let batch: Recomputed[] = [];
  for await (const one of model.source.scan(segment)) {
    batch.push(one);
    if (batch.length < batchSize) continue;
    await finish(batch, { ...segment, upTo: one.id });
    segment.after = one.id;
    batch = [];
    await save();
    if (timeLeftMs() < reserveMs) return;
  }
  await finish(batch, segment);
  segment.done = true;
  await save();
};

/** All segments side by side; none is left running when one fails. */
const runSegments = async (model: ReadModel, { segments, counts }: Progress, run: Run): Promise<void> => {
  const settled = await Promise.allSettled(
    segments.map((segment) => runSegment(model, segment, counts, run)),
  );
  const failed = settled.find((one) => one.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
};

const toAnswer = ({ projection }: ReadModel, { counts, segments, spent_ms }: Progress): RebuildAnswer => ({
  projection: projection.name,
  ...counts,
  written: counts.altered + counts.missing,
  removed: counts.surplus,
  duration_ms: Math.round(spent_ms),
  done: segments.every((segment) => segment.done),
});

/** Counts what a rebuild would do, and changes nothing. */
export const measureDrift = async (model: ReadModel, options: RebuildOptions): Promise<RebuildAnswer> => {
  const { timeLeftMs, batchSize = defaults.batchSize, segments = defaults.segments } = options;
  const started = performance.now();
  const progress = await begin(model, segments);
  await runSegments(model, progress, { batchSize, timeLeftMs, settle: async () => {}, save: async () => {} });
  progress.spent_ms = performance.now() - started;
  return { ...toAnswer(model, progress), written: 0, removed: 0, dry_run: true };
};

export const rebuildName = (projection: string): string => `rebuild:${projection}`;

/** @throws AppError `lease_held` where another rebuild of this read model is under way. */
export const rebuild = async (model: ReadModel, options: RebuildOptions): Promise<RebuildAnswer> => {
  const { db, timeLeftMs, batchSize = defaults.batchSize, segments = defaults.segments } = options;
  const { projection } = model;
  const lease = createLease(db, rebuildName(projection.name), randomUUID(), leaseMs, rebuildLeasesCollection);
  const checkpoint = createCheckpoint<Progress>(db, rebuildName(projection.name));
  const held = (): AppError =>
    new AppError('lease_held', `A rebuild of ${projection.name} is under way already`);

  // One that was killed holds its lease to the end: wait for that, not longer.
  if (!(await acquireWithin(lease, leaseMs))) throw held();
  try {
    let last = performance.now();
    await ensureIndexes(db, model.indexes);
    const before = await checkpoint.find();
    const mayResume =
      before?.segments.some(({ done }) => !done) && before.schema_version === projection.schemaVersion;
    const progress = before !== undefined && mayResume ? before : await begin(model, segments);
    const save = async (): Promise<void> => {
      progress.spent_ms += performance.now() - last;
      last = performance.now();
      await checkpoint.save(progress);
      if (!(await lease.acquire())) throw held();
    };
    await runSegments(model, progress, {
      batchSize,
      timeLeftMs,
      settle: (differences) => mend(model, differences),
      save,
    });
    return toAnswer(model, progress);
  } finally {
    await lease.release();
  }
};

export interface RebuildProgress {
  projection: string;
  scanned: number;
  done: boolean;
}

/** Where the last rebuild of a read model is, if there was one. */
export const findRebuildProgress = async (
  db: Db,
  projection: string,
): Promise<RebuildProgress | undefined> => {
  const progress = await createCheckpoint<Progress>(db, rebuildName(projection)).find();
  if (progress === undefined) return undefined;
  const { counts, segments } = progress;
  return { projection, scanned: counts.scanned, done: segments.every((segment) => segment.done) };
};
