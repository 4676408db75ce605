// Source: lib/core/observe/heard.ts.
import { expect, test } from 'vitest';
import { databaseTime } from '../../lib/core/database-time.ts';
import { heardCollection, listHeard, sayHeard } from '../../lib/core/observe/heard.ts';
import { useDatabases } from '../support/database.ts';

const databases = useDatabases();

test('who says something was heard last at that time, by the clock of the database, and nobody else was', async () => {
  const longAgo = new Date(0);
  const heard = databases.read.collection<{ _id: string; at: Date }>(heardCollection);
  await heard.insertMany(['one', 'other'].map((_id) => ({ _id, at: longAgo })));
  const before = await databaseTime(databases.read);
  for (const name of ['one', 'new']) await sayHeard(databases.read, name);
  const found = await listHeard(databases.read);
  expect([...found.keys()].toSorted()).toEqual(['new', 'one', 'other']);
  expect(found.get('other')).toEqual(longAgo);
  for (const name of ['one', 'new']) expect(Number(found.get(name))).toBeGreaterThanOrEqual(before.getTime());
});
