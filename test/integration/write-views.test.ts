// Source: lib/core/projection/write-views.ts.
import type { Collection } from 'mongodb';
import { beforeEach, describe, expect, test } from 'vitest';
import type { View } from '../../lib/core/projection/projection.ts';
import { writeViews } from '../../lib/core/projection/write-views.ts';
import { useDatabases } from '../support/database.ts';
import { instrument } from '../support/instrument.ts';

const databases = useDatabases();
const collection = (): Collection<View> => databases.read.collection<View>('views');
const view = (_id: string, version: number, schema_version = 1): View => ({
  _id,
  version,
  schema_version,
  updated_at: new Date(version),
});
const stored = async () =>
  (await collection().find().sort({ _id: 1 }).toArray()).map(({ _id, version, schema_version }) => [
    _id,
    version,
    schema_version,
  ]);

beforeEach(async () => {
  await collection().deleteMany({});
});

/** `then` comes after the first write, before whatever follows it. */
const withBetween = (then: () => Promise<unknown>): Collection<View> => {
  let writes = 0;
  const { db } = instrument(async (call) => {
    writes += 1;
    if (writes === 2) await then();
    return call();
  });
  return db(databases.read).collection<View>('views');
};

describe.each([
  ['as new ones', () => true],
  ['as known ones', () => false],
  ['as some of each', ({ _id }: View) => _id > 'n'],
])('views that are written %s', (_, isNew) => {
  test('a view goes over an older one and into a gap; a newer or equal one stays, and is named', async () => {
    await collection().insertMany([view('newer', 9), view('equal', 5), view('older', 4)]);
    expect(await writeViews(collection(), [view('older', 5), view('none', 5)], isNew)).toEqual(new Set());
    expect(await writeViews(collection(), [view('newer', 5), view('equal', 5)], isNew)).toEqual(
      new Set(['newer', 'equal']),
    );
    expect(await stored()).toEqual([
      ['equal', 5, 1],
      ['newer', 9, 1],
      ['none', 5, 1],
      ['older', 5, 1],
    ]);
  });

  test('a view that met a racing insert of an older one is written over it, and not lost', async () => {
    await collection().insertMany([view('raced', 9), view('newer', 9)]);
    const racing = withBetween(() => collection().replaceOne({ _id: 'raced' }, view('raced', 2)));
    const stayed = await writeViews(racing, [view('none', 5), view('raced', 5), view('newer', 5)], isNew);
    expect(await stored()).toEqual([
      ['newer', 9, 1],
      ['none', 5, 1],
      ['raced', 5, 1],
    ]);
    expect(stayed.has('raced')).toBe(false);
  });

  test('at one version, what another release wrote gives way, whether that one is older or newer', async () => {
    await collection().insertMany([view('older', 5, 1), view('newer', 5, 3), view('ahead', 6, 1)]);
    await writeViews(collection(), [view('older', 5, 2), view('newer', 5, 2), view('ahead', 5, 2)], isNew);
    expect(await stored()).toEqual([
      ['ahead', 6, 1],
      ['newer', 5, 2],
      ['older', 5, 2],
    ]);
  });

  test('a view that is refused for another reason than its id is an error, also among those that stay', async () => {
    const name = `refusing-${_}`;
    await databases.read.createCollection(name, { validator: { version: { $ne: 7 } } });
    const refusing = databases.read.collection<View>(name);
    await refusing.insertOne(view('stays', 9));
    await expect(writeViews(refusing, [view('stays', 5), view('refused', 7)], isNew)).rejects.toMatchObject({
      name: 'MongoBulkWriteError',
    });
  });
});
