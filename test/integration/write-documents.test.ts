// Source: lib/core/projection/write-documents.ts.
import type { Collection } from 'mongodb';
import { beforeEach, describe, expect, test } from 'vitest';
import type { ReadDocument } from '../../lib/core/projection/projection.ts';
import { writeDocuments } from '../../lib/core/projection/write-documents.ts';
import { useDatabases } from '../support/database.ts';
import { instrument } from '../support/instrument.ts';

const databases = useDatabases();
const collection = (): Collection<ReadDocument> => databases.read.collection<ReadDocument>('documents');
const document = (_id: string, version: number, schema_version = 1): ReadDocument => ({
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
const withBetween = (then: () => Promise<unknown>): Collection<ReadDocument> => {
  let writes = 0;
  const { db } = instrument(async (call) => {
    writes += 1;
    if (writes === 2) await then();
    return call();
  });
  return db(databases.read).collection<ReadDocument>('documents');
};

describe.each([
  ['as new ones', () => true],
  ['as known ones', () => false],
  ['as some of each', ({ _id }: ReadDocument) => _id > 'n'],
])('documents that are written %s', (_, isNew) => {
  test('a document goes over an older one and into a gap; a newer or equal one stays, and is named', async () => {
    await collection().insertMany([document('newer', 9), document('equal', 5), document('older', 4)]);
    expect(await writeDocuments(collection(), [document('older', 5), document('none', 5)], isNew)).toEqual(
      new Set(),
    );
    expect(await writeDocuments(collection(), [document('newer', 5), document('equal', 5)], isNew)).toEqual(
      new Set(['newer', 'equal']),
    );
    expect(await stored()).toEqual([
      ['equal', 5, 1],
      ['newer', 9, 1],
      ['none', 5, 1],
      ['older', 5, 1],
    ]);
  });

  test('a document that met a racing insert of an older one is written over it, and not lost', async () => {
    await collection().insertMany([document('raced', 9), document('newer', 9)]);
    const racing = withBetween(() => collection().replaceOne({ _id: 'raced' }, document('raced', 2)));
    const stayed = await writeDocuments(
      racing,
      [document('none', 5), document('raced', 5), document('newer', 5)],
      isNew,
    );
    expect(await stored()).toEqual([
      ['newer', 9, 1],
      ['none', 5, 1],
      ['raced', 5, 1],
    ]);
    expect(stayed.has('raced')).toBe(false);
  });

  test('at one version, what another release wrote gives way, whether that one is older or newer', async () => {
    await collection().insertMany([
      document('older', 5, 1),
      document('newer', 5, 3),
      document('ahead', 6, 1),
    ]);
    await writeDocuments(
      collection(),
      [document('older', 5, 2), document('newer', 5, 2), document('ahead', 5, 2)],
      isNew,
    );
    expect(await stored()).toEqual([
      ['ahead', 6, 1],
      ['newer', 5, 2],
      ['older', 5, 2],
    ]);
  });

  test('a document that is refused for another reason than its id is an error, also among those that stay', async () => {
    const name = `refusing-${_}`;
    await databases.read.createCollection(name, { validator: { version: { $ne: 7 } } });
    const refusing = databases.read.collection<ReadDocument>(name);
    await refusing.insertOne(document('stays', 9));
    await expect(
      writeDocuments(refusing, [document('stays', 5), document('refused', 7)], isNew),
    ).rejects.toMatchObject({
      name: 'MongoBulkWriteError',
    });
  });
});
