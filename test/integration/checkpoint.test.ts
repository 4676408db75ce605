import { expect, test } from 'vitest';
import { createCheckpoint } from '../../lib/core/checkpoint.ts';
import { useDatabases } from '../support/database.ts';

const db = useDatabases();

// Two segments of a rebuild ended together, the older picture of them was saved last, and the next rebuild left one out.
test('keeps the last of the values that are saved at once', async () => {
  const checkpoint = createCheckpoint<{ done: number }>(db.read, 'job');
  for (let round = 0; round < 50; round += 1) {
    await Promise.all([1, 2, 3, 4].map((done) => checkpoint.save({ done })));
    expect(await checkpoint.find()).toEqual({ done: 4 });
  }
});
