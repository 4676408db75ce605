import * as z from 'zod';
import { AppError } from '../lib/core/errors.ts';
import { measureDrift, type RebuildAnswer, rebuild } from '../lib/core/repair/rebuild.ts';
import { invokeAgain } from '../lib/platform/invoke-again.ts';
import { emitMetrics } from '../lib/platform/metrics.ts';
import { readDb, writeDb } from '../lib/platform/mongo.ts';
import { operation } from '../lib/platform/operation.ts';
import { readModels } from '../lib/read-models.ts';

const input = z.strictObject({ projection: z.string().optional(), dry_run: z.boolean().default(false) });

/** Gives one answer for a named projection, else a list of all. What time does not allow, a new call goes on with. */
export const handler = operation(
  input,
  async ({ projection, dry_run: dryRun }, { functionName, timeLeftMs }) => {
    const models = readModels(writeDb(), readDb());
    const chosen = models.filter((model) => projection === undefined || model.projection.name === projection);
    if (chosen.length === 0) {
      const names = models.map((model) => model.projection.name).join(', ');
      throw new AppError('invalid_input', `There is no projection ${projection}; there are: ${names}`);
    }
    const answers: RebuildAnswer[] = [];
    for (const model of chosen) {
      const run = dryRun ? measureDrift : rebuild;
      const answer = await run(model, { db: readDb(), timeLeftMs });
      emitMetrics(functionName, { Rebuilt: answer.written + answer.removed });
      answers.push(answer);
      if (!dryRun && !answer.done) await invokeAgain(functionName, { projection: model.projection.name });
    }
    return projection === undefined ? answers : answers[0];
  },
);
