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

test('a look finds what is altered, missing, surplus or not to be computed in its range, and nothing beyond', async () => {
  const of = (_id: string, version = 1): ReadDocument => ({ ...document(version), _id });
  const { model } = await openModel(undefined, []);
  const odd = { ...of(''), _id: 7 } as never;
  await model.collection.insertMany([of('a'), of('b', 2), of('c'), of('d'), of('e'), odd]);
  const error = new Error('cannot be folded');
  const expected: Recomputed[] = [
    { id: 'b', document: of('b', 3) },
    { id: 'bb', document: of('bb') },
    { id: 'c', document: of('c') },
    { id: 'd', error },
  ];
  const within = await examineRange(model, expected, { after: 'a', upTo: 'd' });
  const differences = [{ stored: of('b', 2), document: of('b', 3) }, { document: of('bb') }];
  expect(within).toEqual({ differences, failed: ['d'] });
  const surplus = async (range: object) =>
    new Set((await examineRange(model, [], range)).differences.map(({ stored }) => stored?._id));
  expect(await surplus({ after: 'c' })).toEqual(new Set<unknown>(['d', 'e']));
  // What no rule of ids covers is in the first range.
  expect(await surplus({ upTo: 'b' })).toEqual(new Set<unknown>(['a', 'b', 7]));
  expect(await surplus({})).toEqual(new Set<unknown>(['a', 'b', 'c', 'd', 'e', 7]));
});

test('what is missing is written, what is surplus goes, and what came or changed meanwhile is judged anew', async () => {
  const missing = await openModel(undefined, [document(2)]);
  await mend(missing.model, [{ document: document(2) }]);
  expect(await missing.found()).toEqual(document(2));
  const surplus = await openModel(document(2), []);
  await mend(surplus.model, [{ stored: document(2) }]);
  expect(await surplus.found()).toBeNull();
  const changed = await openModel(document(3), [document(3)]);
  await mend(changed.model, [{ stored: document(2) }]);
  expect(await changed.found()).toEqual(document(3));
  const came = await openModel(document(4), [document(4)]);
  await mend(came.model, [{ document: document(2) }]);
  expect(await came.found()).toEqual(document(4));
});
