// Recomputes a read model from the write side, in place, beside live projection. Guarantees: readers see a whole model
// at every moment; at the end each document is what a replay from nothing gives, and none is left without a write side;
// safe to run any number of times; a crash costs at most a batch a segment (checkpoint); one at a time (lease). A run
// that goes on with an earlier one's work looks at the whole once more at its end, as far as its time allows, since what
// that one had finished may have changed: `begun_at` says since when the whole was looked at.
// It compares before it writes: a sound model is only read, and a dry run counts just what a run would do.
import { randomUUID } from 'node:crypto';
import type { Db } from 'mongodb';
import { type Checkpoint, createCheckpoint, findCheckpoints } from '../checkpoint.ts';
import { AppError } from '../errors.ts';
import { ensureIndexes } from '../indexes.ts';
import { acquireWithin, createLease, rebuildLeasesCollection } from '../lease.ts';
import type { ReadModel } from '../projection/projection.ts';
import { type Difference, mend } from './drift.ts';
import {
  begin,
  isDone,
  type Progress,
  type RebuildCounts,
  type Run,
  runSegments,
} from './rebuild-segments.ts';

export interface RebuildAnswer extends RebuildCounts {
  projection: string;
  written: number;
  removed: number;
  duration_ms: number;
  /** False if time ran out: the next run goes on from the checkpoint. */
  done: boolean;
  /** Since then the whole was looked at: what the oldest part of the answer is true about. */
  begun_at: Date;
  dry_run?: true;
}

export interface RebuildOptions {
  /** Keeps checkpoints and the lease: the read database. */
  db: Db;
  timeLeftMs(): number;
  batchSize?: number;
  segments?: number;
  /** What was begun longer ago is begun again. */
  oldestMs?: number;
  /** Told after each batch. */
  onProgress?(scanned: number): void;
}

const leaseMs = 5_000;
const defaults = { batchSize: 1_000, segments: 2, oldestMs: 86_400_000 };

/** What an earlier run has left may be gone on with: unless it is too old, or of another shape. */
const mayResume = (before: Progress, { projection }: ReadModel, oldestMs: number): boolean =>
  !isDone(before) &&
  before.schema_version === projection.schemaVersion &&
  Date.now() - (before.begun_at?.getTime() ?? 0) < oldestMs;

const toAnswer = ({ projection }: ReadModel, progress: Progress): RebuildAnswer => ({
  projection: projection.name,
  ...progress.counts,
  written: progress.counts.altered + progress.counts.missing,
  removed: progress.counts.surplus,
  duration_ms: Math.round(progress.spent_ms),
  done: isDone(progress),
  begun_at: progress.begun_at,
});

/** A second look at the whole, as far as the time allows: what it mends counts, what it only reads counts once. */
const lookAgain = async (model: ReadModel, progress: Progress, run: Run): Promise<void> => {
  const again = await begin(model, progress.segments.length);
  await runSegments(model, again, run);
  for (const what of ['altered', 'missing', 'surplus'] as const) progress.counts[what] += again.counts[what];
  if (!isDone(again)) return;
  progress.counts.failed = again.counts.failed;
  progress.begun_at = again.begun_at;
};

/** Counts what a rebuild would do, and changes nothing. */
export const measureDrift = async (model: ReadModel, options: RebuildOptions): Promise<RebuildAnswer> => {
  const { timeLeftMs, batchSize = defaults.batchSize, segments = defaults.segments } = options;
  const started = performance.now();
  const progress = await begin(model, segments);
  await runSegments(model, progress, {
    batchSize,
    timeLeftMs,
    onDifferences: async () => {},
    save: async () => options.onProgress?.(progress.counts.scanned),
  });
  progress.spent_ms = performance.now() - started;
  return { ...toAnswer(model, progress), written: 0, removed: 0, dry_run: true };
};

export const rebuildName = (projection: string): string => `rebuild:${projection}`;

/** Goes on with what an earlier run has left, or begins. */
const findProgress = async (
  model: ReadModel,
  checkpoint: Checkpoint<Progress>,
  { segments = defaults.segments, oldestMs = defaults.oldestMs }: RebuildOptions,
): Promise<{ progress: Progress; resumed: boolean }> => {
  const before = await checkpoint.find();
  if (before !== undefined && mayResume(before, model, oldestMs)) return { progress: before, resumed: true };
  return { progress: await begin(model, segments), resumed: false };
};

/** @throws AppError `lease_held` if another rebuild of this read model is under way. */
export const rebuild = async (model: ReadModel, options: RebuildOptions): Promise<RebuildAnswer> => {
  const { db, timeLeftMs, batchSize = defaults.batchSize } = options;
  const { name } = model.projection;
  const lease = createLease(db, rebuildName(name), randomUUID(), leaseMs, rebuildLeasesCollection);
  const checkpoint = createCheckpoint<Progress>(db, rebuildName(name));
  const held = (): AppError => new AppError('lease_held', `A rebuild of ${name} is under way already`);

  // One that was killed holds its lease to the end: wait for that, not longer.
  if (!(await acquireWithin(lease, leaseMs))) throw held();
  try {
    let last = performance.now();
    await ensureIndexes(db, model.indexes);
    const { progress, resumed } = await findProgress(model, checkpoint, options);
    const keepLease = async (): Promise<void> => {
      if (!(await lease.acquire())) throw held();
    };
    const save = async (): Promise<void> => {
      progress.spent_ms += performance.now() - last;
      last = performance.now();
      await checkpoint.save(progress);
      options.onProgress?.(progress.counts.scanned);
      await keepLease();
    };
    const onDifferences = (differences: Difference[]): Promise<void> => mend(model, differences);
    await runSegments(model, progress, { batchSize, timeLeftMs, onDifferences, save });
    if (resumed && isDone(progress)) {
      await lookAgain(model, progress, { batchSize, timeLeftMs, onDifferences, save: keepLease });
      await save();
    }
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

/** Where the last rebuild of each read model is, of those that had one. */
export const listRebuildProgress = async (
  db: Db,
  projections: readonly string[],
): Promise<RebuildProgress[]> => {
  const found = await findCheckpoints<Progress>(db, projections.map(rebuildName));
  return projections.flatMap((projection) => {
    const progress = found.get(rebuildName(projection));
    if (progress === undefined) return [];
    return { projection, scanned: progress.counts.scanned, done: isDone(progress) };
  });
};
