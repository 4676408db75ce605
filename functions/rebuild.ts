import * as z from 'zod';
import { measureDrift, type RebuildAnswer, rebuild } from '../lib/core/repair/rebuild.ts';
import { catalogue } from '../lib/domains.ts';
import { emitMetrics } from '../lib/platform/metrics.ts';
import { readDb } from '../lib/platform/mongo.ts';
import { operation } from '../lib/platform/operation.ts';
import { resources } from '../lib/platform/resources.ts';
import { startFunction } from '../lib/platform/start-function.ts';

const input = z.strictObject({ projection: z.string().optional(), dry_run: z.boolean().default(false) });

/** Gives one answer for a named projection, else a list of all. What time does not allow, a new call goes on with. */
export const handler = operation(
  input,
  async ({ projection, dry_run: dryRun }, { functionName, timeLeftMs }) => {
    const answers: RebuildAnswer[] = [];
    for (const model of catalogue.openReadModels(resources, projection)) {
      const run = dryRun ? measureDrift : rebuild;
      const answer = await run(model, { db: readDb(), timeLeftMs });
      emitMetrics(functionName, { Rebuilt: answer.written + answer.removed });
      answers.push(answer);
      if (!dryRun && !answer.done) await startFunction(functionName, { projection: model.projection.name });
    }
    return projection === undefined ? answers : answers[0];
  },
);
