import { catalogue } from '../lib/domains.ts';
import { readDb, writeDb } from '../lib/platform/mongo.ts';
import { operation, scheduled } from '../lib/platform/operation.ts';

export const handler = operation(scheduled, async () => {
  await catalogue.ensureIndexes(writeDb(), readDb());
  return { done: true };
});
