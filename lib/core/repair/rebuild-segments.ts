// The work of a rebuild: a read model's ids in segments, compared with the write side batch by batch. What to do about a
// difference, and where to keep how far it came, is the caller's.
import type { ReadModel, Recomputed, Segment } from '../projection/projection.ts';
import { type Difference, type Examined, examineRange } from './drift.ts';

export interface RebuildCounts {
  scanned: number;
  /** Documents that differ from their aggregate; of a run, those put right. */
  altered: number;
  missing: number;
  surplus: number;
  /** Aggregates that this code cannot compute (an unknown event): left as they are. */
  failed: number;
}

/** How far a rebuild has come. */
export interface Progress {
  schema_version: number;
  begun_at: Date;
  segments: (Segment & { done: boolean })[];
  counts: RebuildCounts;
  spent_ms: number;
}

const noCounts = (): RebuildCounts => ({ scanned: 0, altered: 0, missing: 0, surplus: 0, failed: 0 });

/** The rebuild's last steps are no work to be counted against a time limit: what is left when it stops. */
const reserveMs = 2_000;

export const begin = async ({ projection, source }: ReadModel, count: number): Promise<Progress> => ({
  schema_version: projection.schemaVersion,
  begun_at: new Date(),
  segments: (await source.segments(count)).map((segment) => ({ ...segment, done: false })),
  counts: noCounts(),
  spent_ms: 0,
});

export interface Run {
  batchSize: number;
  timeLeftMs(): number;
  /** Does something about the differences of a batch. */
  onDifferences(differences: Difference[]): Promise<void>;
  /** After each batch. */
  save(): Promise<void>;
}

const count = (counts: RebuildCounts, scanned: number, { differences, failed }: Examined): void => {
  counts.scanned += scanned;
  counts.failed += failed.length;
  for (const { stored, document } of differences) {
    counts[document === undefined ? 'surplus' : stored === undefined ? 'missing' : 'altered'] += 1;
  }
};

const runSegment = async (
  model: ReadModel,
  segment: Progress['segments'][number],
  counts: RebuildCounts,
  { batchSize, timeLeftMs, onDifferences, save }: Run,
): Promise<void> => {
  if (segment.done) return;
  const finish = async (batch: Recomputed[], range: Segment): Promise<void> => {
    const examined = await examineRange(model, batch, range);
    await onDifferences(examined.differences);
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
export const runSegments = async (
  model: ReadModel,
  { segments, counts }: Progress,
  run: Run,
): Promise<void> => {
  const settled = await Promise.allSettled(
    segments.map((segment) => runSegment(model, segment, counts, run)),
  );
  const failed = settled.find((one) => one.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
};

export const isDone = ({ segments }: Progress): boolean => segments.every((segment) => segment.done);
