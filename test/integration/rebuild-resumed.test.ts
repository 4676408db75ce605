import { beforeAll, beforeEach, expect, test } from 'vitest';
import { checkpointsCollection } from '../../lib/core/checkpoint.ts';
import { openReadModel } from '../../lib/core/projection/read-model.ts';
import { listRebuildProgress, measureDrift, rebuild } from '../../lib/core/repair/rebuild.ts';
import { catalogue } from '../../lib/domains.ts';
import { settingsFrom } from '../../lib/platform/settings.ts';
import { counterModel } from '../support/counter.ts';
import { useDatabases } from '../support/database.ts';

const databases = useDatabases();
const count = 40;
const options = () => ({ db: databases.read, batchSize: 5, timeLeftMs: () => 60_000 });

const model = () =>
  openReadModel(counterModel, {
    writeDb: databases.write,
    readDb: databases.read,
    settings: settingsFrom({}),
  });
const readDocuments = () => databases.read.collection<{ _id: string }>(counterModel.collection);

beforeAll(() => catalogue.ensureIndexes(databases.write, databases.read));
beforeEach(async () => {
  await readDocuments().deleteMany({});
  await databases.read.collection(checkpointsCollection).deleteMany({});
  const documents = databases.write.collection<{ _id: string }>('counters');
  await documents.deleteMany({});
  const now = new Date();
  const stamps = { version: 1, created_at: now, updated_at: now };
  await documents.insertMany(
    Array.from({ length: count }, (_, n) => ({
      total: 1,
      ...stamps,
      _id: `t-${String(n).padStart(3, '0')}`,
    })),
  );
});

/** Runs until the first segment is through, and the other is not. */
const rebuildInPart = async (): Promise<void> => {
  let asked = 0;
  const timeLeftMs = () => (asked++ < 4 ? 60_000 : 0);
  expect(await rebuild(model(), { ...options(), timeLeftMs, segments: 1 })).toMatchObject({ done: false });
  expect(await readDocuments().countDocuments()).toBeGreaterThanOrEqual(count / 2);
};

const expectNoDrift = async (): Promise<void> => {
  const nothing = { altered: 0, missing: 0, surplus: 0, failed: 0, done: true };
  expect(await measureDrift(model(), options())).toMatchObject(nothing);
};

test('a resumed rebuild counts as failed what it cannot compute by now, and not what it could not before', async () => {
  const stored = databases.write.collection<{ _id: string }>('counters');
  const ofRelease = (_id: string, schema_version: number) =>
    stored.updateOne({ _id }, { $set: { schema_version } });
  await ofRelease('t-001', 99);
  await rebuildInPart();
  await ofRelease('t-001', 1);
  await ofRelease('t-002', 99);
  await ofRelease('t-003', 99);
  expect(await rebuild(model(), options())).toMatchObject({ done: true, failed: 2 });
});

test('a resumed rebuild that says done leaves nothing that its own dry run counts', async () => {
  await rebuildInPart();
  const before = new Date();
  await readDocuments().deleteOne({ _id: 't-000' });
  await readDocuments().updateOne({ _id: 't-001' }, { $set: { total: 7 } });
  await readDocuments().insertOne({ _id: 't-000x' });
  const counted = { altered: 1, surplus: 1, scanned: count, failed: 0, done: true };
  const dry = await measureDrift(model(), options());
  expect(dry).toMatchObject({ ...counted, written: 0, removed: 0, dry_run: true });
  const started = performance.now();
  const answer = await rebuild(model(), options());
  expect(answer).toMatchObject({ written: count + 2, removed: 1, surplus: 1 });
  expect(answer).not.toHaveProperty('dry_run');
  expect(answer.duration_ms).toBeGreaterThanOrEqual(0);
  // With what the first run took of it.
  expect(answer.duration_ms).toBeLessThan(performance.now() - started + 60_000);
  expect(answer).toMatchObject({ done: true, scanned: count, missing: count + 1, altered: 1 });
  expect(answer.begun_at.getTime()).toBeGreaterThanOrEqual(before.getTime());
  await expectNoDrift();
});

test('a resumed rebuild whose time ends before its second look says since when the whole was looked at', async () => {
  const before = new Date();
  await rebuildInPart();
  const resumedAt = new Date();
  let asked = 0;
  const timeLeftMs = () => (asked++ < 4 ? 60_000 : 0);
  const { done, begun_at } = await rebuild(model(), { ...options(), timeLeftMs });
  expect(done).toBe(true);
  expect(begun_at.getTime()).toBeGreaterThanOrEqual(before.getTime());
  expect(begun_at.getTime()).toBeLessThanOrEqual(resumedAt.getTime());
});

test('what was begun too long ago is begun again', async () => {
  await rebuildInPart();
  const answer = await rebuild(model(), { ...options(), oldestMs: 0 });
  expect(answer).toMatchObject({ done: true, scanned: count });
  expect(answer.missing).toBeLessThan(count);
  await expectNoDrift();
});

test('a rebuild that was begun for another shape of the documents is begun again', async () => {
  await rebuildInPart();
  const { projection, ...rest } = model();
  const next = { ...rest, projection: { ...projection, schemaVersion: projection.schemaVersion + 1 } };
  const source = {
    ...rest.source,
    async *scan(segment: Parameters<typeof rest.source.scan>[0]) {
      for await (const one of rest.source.scan(segment))
        yield 'document' in one
          ? { ...one, document: { ...one.document, schema_version: next.projection.schemaVersion } }
          : one;
    },
  };
  // In the time that the rest of the old run would take, the new one is not through.
  let asked = 0;
  const timeLeftMs = () => (asked++ < 4 ? 60_000 : 0);
  const first = await rebuild({ ...next, source }, { ...options(), timeLeftMs, segments: 1 });
  expect(first.done).toBe(false);
  expect(await rebuild({ ...next, source }, options())).toMatchObject({ done: true });
  expect(await readDocuments().countDocuments({ schema_version: next.projection.schemaVersion })).toBe(count);
});

test('of a rebuild it is known how far it is, and of one that never was nothing', async () => {
  const progress = () => listRebuildProgress(databases.read, ['never', model().projection.name]);
  const { name: projection } = model().projection;
  expect(await progress()).toEqual([]);
  await rebuildInPart();
  const [half] = await progress();
  expect(half).toEqual({ projection, scanned: expect.any(Number), done: false });
  expect(half?.scanned).toBeLessThan(count);
  const told: number[] = [];
  await rebuild(model(), { ...options(), onProgress: (scanned) => void told.push(scanned) });
  expect(await progress()).toEqual([{ projection, scanned: count, done: true }]);
  expect(told.at(-1)).toBe(count);
  const counted: number[] = [];
  await measureDrift(model(), { ...options(), onProgress: (scanned) => void counted.push(scanned) });
  expect(counted.at(-1)).toBe(count);
});
