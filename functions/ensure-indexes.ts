import { catalogue } from '../lib/domains.ts';
import { emitMetrics } from '../lib/platform/metrics.ts';
import { readDb, writeDb } from '../lib/platform/mongo.ts';
import { operation, scheduled } from '../lib/platform/operation.ts';

export const handler = operation(scheduled, async (_, { functionName }) => {
  const startedAt = performance.now();
  await catalogue.ensureIndexes(writeDb(), readDb());
  emitMetrics(functionName, { IndexesMs: Math.round(performance.now() - startedAt) });
  return { done: true };
});
