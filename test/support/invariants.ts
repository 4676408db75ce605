// What holds after every crash, on the write side. The numbers are those of faults.md.
import type { Db } from 'mongodb';
import { expect } from 'vitest';
import type { EventRow } from '../../lib/core/events.ts';
import type { ReadModel } from '../../lib/core/projection/projection.ts';
import { measureDrift } from '../../lib/core/repair/rebuild.ts';
import { positionsCollection, readAll } from '../../lib/core/stores/event-log.ts';
import { allRows } from './replay.ts';

const versionsByStream = (rows: EventRow[]): Map<string, number[]> => {
  const versions = new Map<string, number[]>();
  for (const { stream_id, version } of rows) {
    versions.set(stream_id, [...(versions.get(stream_id) ?? []), version]);
  }
  return versions;
};

/** P5: the versions of each stream are 1, 2, 3 and so on. */
export const expectDenseVersions = (rows: EventRow[]): void => {
  for (const [stream, versions] of versionsByStream(rows)) {
    expect(versions, stream).toEqual(versions.map((_, index) => index + 1));
  }
};

/** P7 and P2: the write side's own documents tell the same as the events that the read models were checked against. */
export const expectNoDrift = async (models: ReadModel[], read: Db): Promise<void> => {
  for (const model of models) {
    const answer = await measureDrift(model, { db: read, timeLeftMs: () => 60_000, segments: 1 });
    const { altered, missing, surplus, failed } = answer;
    expect({ altered, missing, surplus, failed }, model.projection.name).toEqual({
      altered: 0,
      missing: 0,
      surplus: 0,
      failed: 0,
    });
  }
};

/** P8, the relay's half: every event is published or parked, and has one place in the log. */
export const expectRelayed = async (write: Db, known?: EventRow[]): Promise<void> => {
  const rows = known ?? (await allRows(write));
  const owed = rows.filter(({ pending, published_at, parked_at }) => pending || !(published_at ?? parked_at));
  expect(owed.map(({ stream_id, version }) => `${stream_id}@${version}`)).toEqual([]);
  await expectSoundLog(write, rows);
};

/** Positions are dense, each event is listed once, and no version comes before an earlier one. */
export const expectSoundLog = async (write: Db, rows: EventRow[]): Promise<void> => {
  const batches = await write
    .collection<{ _id: number; event_ids: string[] }>(positionsCollection)
    .find()
    .sort({ _id: 1 })
    .toArray();
  let next = 1;
  for (const { _id, event_ids } of batches) {
    expect(_id, 'positions are dense').toBe(next);
    next += event_ids.length;
  }
  const listed = batches.flatMap(({ event_ids }) => event_ids);
  expect(new Set(listed).size, 'no event is listed twice').toBe(listed.length);
  const { events } = await readAll(write, 1, listed.length + 1);
  expect(new Set(events.map(({ _id }) => _id))).toEqual(new Set(rows.map(({ _id }) => _id)));
  for (const [stream, versions] of versionsByStream(events)) {
    expect(versions, `${stream} in order`).toEqual([...versions].sort((one, other) => one - other));
  }
};
