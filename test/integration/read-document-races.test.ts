import { beforeEach, expect, test } from 'vitest';
import type { ReadModel, Source, View } from '../../lib/core/projection/projection.ts';
import { writeViews } from '../../lib/core/projection/write-views.ts';
import { mend } from '../../lib/core/repair/drift.ts';
import { useDatabases } from '../support/database.ts';

const databases = useDatabases();
const views = () => databases.read.collection<View>('raced_views');
const viewAt = (version: number, _id = 'a'): View => ({
  _id,
  version,
  schema_version: 1,
  updated_at: new Date(version),
});

beforeEach(() => views().deleteMany({}));

test('of views that many write at once where there is none, the newest is there', async () => {
  for (let round = 0; round < 30; round += 1) {
    const _id = `race-${round}`;
    const versions = [1, 2, 3, 4, 5, 6];
    await Promise.all(
      versions.map((version) => writeViews(views(), [viewAt(version, _id)], () => version % 2 === 0)),
    );
    expect(await views().findOne({ _id })).toEqual(viewAt(6, _id));
  }
});

test('a view that the database refuses is an error, also beside one that is there already', async () => {
  await databases.read.createCollection('guarded_views', { validator: { _id: { $ne: 'refused' } } });
  const guarded = databases.read.collection<View>('guarded_views');
  await guarded.insertOne(viewAt(5));
  await expect(writeViews(guarded, [viewAt(4), viewAt(1, 'refused')], () => false)).rejects.toThrow();
  expect(await guarded.find().toArray()).toEqual([viewAt(5)]);
});

test('what a live writer made newer after it was looked at, a mending leaves as it is', async () => {
  const source: Source = {
    current: async (ids) => ids.map((id) => ({ id, view: viewAt(9, id) })),
    ofAggregate: async (id) => ({ expected: [{ id, view: viewAt(9, id) }], there: { _id: id } }),
    async *scan() {},
    segments: async () => [],
    estimate: async () => 0,
  };
  const model: ReadModel = {
    projection: { name: 'raced', streamType: 'Raced', schemaVersion: 1 },
    collection: views(),
    source,
    indexes: [],
  };
  await views().insertMany([viewAt(9, 'replaced'), viewAt(9, 'removed'), viewAt(9, 'inserted')]);
  await mend(model, [
    { stored: viewAt(3, 'replaced'), view: viewAt(4, 'replaced') },
    { stored: viewAt(3, 'removed') },
    { view: viewAt(4, 'inserted') },
  ]);
  const left = await views().find().sort({ _id: 1 }).toArray();
  expect(left).toEqual(['inserted', 'removed', 'replaced'].map((id) => viewAt(9, id)));
});
