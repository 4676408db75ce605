import { expect, test } from 'vitest';
import type { ReadDocument, Recomputed } from '../../lib/core/projection/projection.ts';
import { openReadModel } from '../../lib/core/projection/read-model.ts';
import { type Difference, examineRange, mend } from '../../lib/core/repair/drift.ts';
import { settingsFrom } from '../../lib/platform/settings.ts';
import { counterModel } from '../support/counter.ts';
import { useDatabases } from '../support/database.ts';

const databases = useDatabases();

const document = (version: number, fields: object = {}): ReadDocument => ({
  ...{ _id: 'one', version, schema_version: 1, updated_at: new Date(0), total: version },
  ...fields,
});

/** A read model whose write side is asked anew each time; it gives the next of these, and then the last. */
const openModel = async (stored: ReadDocument | undefined, answers: ReadDocument[]) => {
  const ground = { writeDb: databases.write, readDb: databases.read, settings: settingsFrom({}) };
  const opened = openReadModel(counterModel, ground);
  await opened.collection.deleteMany({});
  if (stored !== undefined) await opened.collection.insertOne(stored);
  let asked = 0;
  const current = async (): Promise<Recomputed[]> => {
    const answer = answers[Math.min(asked, answers.length - 1)];
    asked += 1;
    return answer === undefined ? [] : [{ id: answer._id, document: answer }];
  };
  const model = { ...opened, source: { ...opened.source, current } };
  const found = () => model.collection.findOne({ _id: 'one' });
  return { model, found };
};
const scanned = (one: ReadDocument): Recomputed[] => [{ id: one._id, document: one }];

test('a document that a live writer made newer than what was scanned is sound, if the write side says so by now', async () => {
  const { model } = await openModel(document(3), [document(3)]);
  expect(await examineRange(model, scanned(document(2)), {})).toEqual({ differences: [], failed: [] });
});

test('a document that is newer than the write side is altered, and one that nobody wrote is surplus', async () => {
  const newer = await openModel(document(9), [document(2)]);
  expect((await examineRange(newer.model, scanned(document(2)), {})).differences).toEqual([
    { stored: document(9), document: document(2) },
  ]);
  const surplus = await openModel(document(1), []);
  expect((await examineRange(surplus.model, [], {})).differences).toEqual([{ stored: document(1) }]);
});

test('what a live writer makes of a document after it was looked at is not overwritten', async () => {
  const altered = document(2, { total: 77 });
  const { model, found } = await openModel(altered, [document(3)]);
  const differences: Difference[] = [{ stored: altered, document: document(2) }];
  await model.collection.replaceOne({ _id: 'one' }, document(3));
  await mend(model, differences);
  expect(await found()).toEqual(document(3));
});

test('a document that was too new, and was taken for that by live writers, is at what they had brought', async () => {
  const tooNew = document(9);
  const { model, found } = await openModel(tooNew, [document(3)]);
  // Version 3 was projected before the mending write, and left aside as older than 9.
  await mend(model, [{ stored: tooNew, document: document(2) }]);
  expect(await found()).toEqual(document(3));
});

test('a document without a version, as a hand may leave it, is put right', async () => {
  const { model, found } = await openModel(document(2), [document(2)]);
  await model.collection.updateOne({ _id: 'one' }, { $unset: { version: true } });
  const [stored] = await model.collection.find().toArray();
  await mend(model, stored === undefined ? [] : [{ stored, document: document(2) }]);
  expect(await found()).toEqual(document(2));
});
