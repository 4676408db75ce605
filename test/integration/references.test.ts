import { beforeEach, expect, test } from 'vitest';
import type { ReadDocument, ReadModel } from '../../lib/core/projection/projection.ts';
import { openReadModel } from '../../lib/core/projection/read-model.ts';
import {
  findStaleCopies,
  refreshCopies,
  resolveReferences,
  sendCopies,
} from '../../lib/core/projection/references.ts';
import { examineRange, mend } from '../../lib/core/repair/drift.ts';
import { settingsFrom } from '../../lib/platform/settings.ts';
import { counterList, counterModel } from '../support/counter.ts';
import { useDatabases } from '../support/database.ts';

const databases = useDatabases();
const shops = () => databases.read.collection<ReadDocument>('shops');

const ownerAt = (version: number): ReadDocument<{ name: string }> => ({
  _id: 'owner',
  name: `name ${version}`,
  version,
  schema_version: 1,
  updated_at: new Date(0),
});
const shop = (_id: string, owner_version: number, owner_id = 'owner') => ({
  ...{ _id, owner_id, owner_version, owner_name: `name ${owner_version}` },
  ...{ version: 1, schema_version: 1, updated_at: new Date(0) },
});

/** Shops with the names of their owners; the write side has the owner at this version, once it has been asked. */
const openModels = (version: number | (() => number), whenAsked: () => Promise<unknown> = async () => {}) => {
  const ground = { writeDb: databases.write, readDb: databases.read, settings: settingsFrom({}) };
  const opened = openReadModel(counterModel, ground);
  const projection = { ...counterList, name: 'owners' };
  const current = async (ids: string[]) => {
    await whenAsked();
    const at = typeof version === 'number' ? version : version();
    return ids.filter((id) => id === 'owner').map((id) => ({ id, document: ownerAt(at) }));
  };
  const owners = { ...opened, projection, source: { ...opened.source, current } };
  const model: ReadModel = {
    ...opened,
    collection: shops(),
    references: [
      {
        model: owners,
        idField: 'owner_id',
        versionField: 'owner_version',
        copy: (owner) => ({ owner_name: Reflect.get(owner, 'name') }),
      },
    ],
  };
  return { owners, model };
};

const named = async () =>
  (await shops().find().sort({ _id: 1 }).toArray()).map((one) => Reflect.get(one, 'owner_name'));

beforeEach(() => shops().deleteMany({}));

test('a copy that is older than the write side is brought forward, and one of another is left alone', async () => {
  const all = [shop('a', 1), shop('b', 2), shop('c', 1, 'another')];
  await shops().insertMany(all);
  await refreshCopies(openModels(2).model, all);
  expect(await named()).toEqual(['name 2', 'name 2', 'name 1']);
});

test('a copy that another writer makes newer after the look at the write side stays', async () => {
  const { model } = openModels(2, () =>
    shops().updateOne({ _id: 'a' }, { $set: { owner_version: 3, owner_name: 'name 3' } as never }),
  );
  await shops().insertOne(shop('a', 1));
  await refreshCopies(model, [shop('a', 1)]);
  expect(await named()).toEqual(['name 3']);
});

test('what changed is sent to each document that has an older copy, and to no other', async () => {
  await shops().insertMany([shop('a', 1), shop('b', 3), shop('c', 1, 'another')]);
  const { model, owners } = openModels(2);
  await sendCopies(model, owners, [ownerAt(2)]);
  expect(await named()).toEqual(['name 2', 'name 3', 'name 1']);
});

test('a copy that a live writer made newer than what was scanned is sound, if the write side says so by now', async () => {
  let asked = 0;
  const { model } = openModels(() => (asked++ === 0 ? 1 : 2));
  const source = { ...model.source, current: async () => [{ id: 'a', document: shop('a', 1) }] };
  await shops().insertOne(shop('a', 2));
  const scanned = [{ id: 'a', document: shop('a', 1) }];
  expect(await examineRange({ ...model, source }, scanned, {})).toEqual({ differences: [], failed: [] });
});

test('a name that a live writer brought forward after the look is not taken back by a mending, not for a moment', async () => {
  const seen: unknown[] = [];
  const { model } = openModels(2, async () => seen.push(...(await named())));
  const source = { ...model.source, current: async () => [{ id: 'a', document: shop('a', 1) }] };
  const stored = { ...shop('a', 1), by_hand: true };
  await shops().insertOne({ ...stored, ...shop('a', 2) });
  await mend({ ...model, source }, [{ stored, document: shop('a', 1) }]);
  expect(new Set(seen)).toEqual(new Set(['name 2']));
  expect(await shops().find().toArray()).toEqual([shop('a', 2)]);
});

test('what has changed is missing as long as a document has an older copy of it, and only there', async () => {
  const { model, owners } = openModels(2);
  const at = (id: string, version: number) => findStaleCopies(model, owners, [{ id, version }]);
  await shops().insertMany([shop('a', 1), shop('b', 2), shop('c', 1, 'another')]);
  expect([await at('owner', 2), await at('owner', 1)]).toEqual([new Set(['owner']), new Set()]);
  expect(await at('nobody', 9)).toEqual(new Set());
  expect(await findStaleCopies(model, owners, [])).toEqual(new Set());
  expect(await findStaleCopies(model, model, [{ id: 'owner', version: 9 }])).toEqual(new Set());
  const both = [
    { id: 'owner', version: 2 },
    { id: 'another', version: 2 },
  ];
  expect(await findStaleCopies(model, owners, both)).toEqual(new Set(['owner', 'another']));
});

test('what a document should be has the newest copy, and an error if what it refers to is one', async () => {
  const { model } = openModels(2);
  const of = (document: ReturnType<typeof shop>) => ({ id: document._id, document });
  const broken = { id: 'z', error: new Error('cannot be folded') };
  const [older, newer, foreign] = [of(shop('a', 1)), of(shop('b', 3)), of(shop('c', 1, 'another'))];
  const resolved = await resolveReferences(model, [older, newer, foreign, broken]);
  expect(resolved).toEqual([of(shop('a', 2)), newer, foreign, broken]);
  expect(await resolveReferences(model, [broken])).toEqual([broken]);
  const [reference] = model.references ?? [];
  if (reference === undefined) throw new Error('it has one');
  const source = { ...reference.model.source, current: async () => [{ id: 'owner', error: broken.error }] };
  const failing = { ...model, references: [{ ...reference, model: { ...reference.model, source } }] };
  expect(await resolveReferences(failing, [older, foreign])).toEqual([
    { id: 'a', error: broken.error },
    foreign,
  ]);
  await shops().insertOne(shop('a', 1));
  await refreshCopies(failing, [shop('a', 1)]);
  expect(await named()).toEqual(['name 1']);
});
