import { beforeEach, expect, test } from 'vitest';
import type { ReadDocument, ReadModel, Source } from '../../lib/core/projection/projection.ts';
import { writeDocuments } from '../../lib/core/projection/write-documents.ts';
import { mend } from '../../lib/core/repair/drift.ts';
import { useDatabases } from '../support/database.ts';

const databases = useDatabases();
const documents = () => databases.read.collection<ReadDocument>('raced_views');
const documentAt = (version: number, _id = 'a'): ReadDocument => ({
  _id,
  version,
  schema_version: 1,
  updated_at: new Date(version),
});

beforeEach(() => documents().deleteMany({}));

test('of documents that many write at once when there is none, the newest is there', async () => {
  for (let round = 0; round < 30; round += 1) {
    const _id = `race-${round}`;
    const versions = [1, 2, 3, 4, 5, 6];
    await Promise.all(
      versions.map((version) =>
        writeDocuments(documents(), [documentAt(version, _id)], () => version % 2 === 0),
      ),
    );
    expect(await documents().findOne({ _id })).toEqual(documentAt(6, _id));
  }
});

test('a document that the database refuses is an error, also beside one that is there already', async () => {
  await databases.read.createCollection('guarded_views', { validator: { _id: { $ne: 'refused' } } });
  const guarded = databases.read.collection<ReadDocument>('guarded_views');
  await guarded.insertOne(documentAt(5));
  await expect(
    writeDocuments(guarded, [documentAt(4), documentAt(1, 'refused')], () => false),
  ).rejects.toThrow();
  expect(await guarded.find().toArray()).toEqual([documentAt(5)]);
});

test('what a live writer made newer after it was looked at, a mending leaves as it is', async () => {
  const source: Source = {
    current: async (ids) => ids.map((id) => ({ id, document: documentAt(9, id) })),
    ofAggregate: async (id) => ({ expected: [{ id, document: documentAt(9, id) }], there: { _id: id } }),
    async *scan() {},
    segments: async () => [],
    estimate: async () => 0,
  };
  const model: ReadModel = {
    projection: { name: 'raced', streamType: 'Raced', schemaVersion: 1 },
    collection: documents(),
    source,
    indexes: [],
  };
  await documents().insertMany([
    documentAt(9, 'replaced'),
    documentAt(9, 'removed'),
    documentAt(9, 'inserted'),
  ]);
  await mend(model, [
    { stored: documentAt(3, 'replaced'), document: documentAt(4, 'replaced') },
    { stored: documentAt(3, 'removed') },
    { document: documentAt(4, 'inserted') },
  ]);
  const left = await documents().find().sort({ _id: 1 }).toArray();
  expect(left).toEqual(['inserted', 'removed', 'replaced'].map((id) => documentAt(9, id)));
});
