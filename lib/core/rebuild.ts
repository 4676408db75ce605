// Recomputes a read model from the write side, in place, beside live projection. Guarantees: readers see a whole model
// at every moment; at the end each document is what a replay from nothing gives, and none is left without a write side;
// safe to run any number of times; a crash costs at most a batch a segment (checkpoint); one at a time (lease).
// It compares before it writes: a sound model is only read, and a dry run counts just what a run would do.
import { randomUUID } from 'node:crypto';
import type { Db } from 'mongodb';
import { createCheckpoint } from './checkpoint.ts';
import { examineRange, mend } from './drift.ts';
import { AppError } from './errors.ts';
import { ensureIndexes } from './indexes.ts';
import { createLease } from './lease.ts';
import type { ReadModel, Recomputed, Segment } from './projection.ts';

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
  dryRun?: boolean;
  batchSize?: number;
  segments?: number;
}

interface Progress {
  schema_version: number;
  segments: (Segment & { done: boolean })[];
  counts: RebuildCounts;
  done: boolean;
  spent_ms: number;
}

const leaseMs = 15_000;

const noCounts = (): RebuildCounts => ({ scanned: 0, altered: 0, missing: 0, surplus: 0, failed: 0 });

/** The rebuild's last steps are no work to be counted against a time limit: what is left when it stops. */
const reserveMs = 2_000;

const begin = async ({ projection, source }: ReadModel, count: number): Promise<Progress> => ({
  schema_version: projection.schemaVersion,
  segments: (await source.segments(count)).map((segment) => ({ ...segment, done: false })),
  counts: noCounts(),
  done: false,
  spent_ms: 0,
});

/** @throws AppError `lease_held` where another rebuild of this read model is under way. */
export const rebuild = async (model: ReadModel, options: RebuildOptions): Promise<RebuildAnswer> => {
  const { db, timeLeftMs, dryRun = false, batchSize = 1_000, segments = 2 } = options;
  const { projection, source } = model;
  const started = performance.now();
  const name = `rebuild:${projection.name}`;
  const lease = createLease(db, name, randomUUID(), leaseMs);
  const checkpoint = createCheckpoint<Progress>(db, name);

  const keepLease = async (): Promise<void> => {
    if (!dryRun && !(await lease.acquire())) {
      throw new AppError('lease_held', `A rebuild of ${projection.name} is under way already`);
    }
  };
  await keepLease();
  if (!dryRun) await ensureIndexes(db, model.indexes);
  const before = dryRun ? undefined : await checkpoint.find();
  const mayResume =
    before !== undefined && !before.done && before.schema_version === projection.schemaVersion;
  const progress = mayResume ? before : await begin(model, segments);
  const { counts } = progress;

  const finishBatch = async (batch: Recomputed[], range: Segment): Promise<void> => {
    const { differences, failed } = await examineRange(model, batch, range);
    if (!dryRun) await mend(model, differences);
    counts.scanned += batch.length;
    counts.failed += failed.length;
    for (const { stored, view } of differences) {
      counts[view === undefined ? 'surplus' : stored === undefined ? 'missing' : 'altered'] += 1;
    }
  };
  const save = async (): Promise<void> => {
    if (dryRun) return;
    await checkpoint.save(progress);
    await keepLease();
    if (!dryRun) await ensureIndexes(db, model.indexes);
  };

  const runSegment = async (segment: Progress['segments'][number]): Promise<void> => {
    if (segment.done) return;
    let batch: Recomputed[] = [];
    for await (const one of source.scan(segment)) {
      batch.push(one);
      if (batch.length < batchSize) continue;
      await finishBatch(batch, { ...segment, upTo: one.id });
      segment.after = one.id;
      batch = [];
      await save();
      if (timeLeftMs() < reserveMs) return;
    }
    await finishBatch(batch, segment);
    segment.done = true;
    await save();
  };

  try {
    await Promise.all(progress.segments.map(runSegment));
    progress.done = progress.segments.every((segment) => segment.done);
    progress.spent_ms += Math.round(performance.now() - started);
    await save();
  } finally {
    if (!dryRun) await lease.release();
  }
  return {
    projection: projection.name,
    ...counts,
    written: dryRun ? 0 : counts.altered + counts.missing,
    removed: dryRun ? 0 : counts.surplus,
    duration_ms: progress.spent_ms,
    done: progress.done,
    ...(dryRun ? { dry_run: true as const } : {}),
  };
};
