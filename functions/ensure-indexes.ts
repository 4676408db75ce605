import { ensureAllIndexes } from '../lib/indexes.ts';
import { readDb, writeDb } from '../lib/platform/mongo.ts';
import { operation, scheduled } from '../lib/platform/operation.ts';

export const handler = operation(scheduled, async () => {
  await ensureAllIndexes(writeDb(), readDb());
  return { done: true };
});
