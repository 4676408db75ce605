import * as z from 'zod';
import { measureDrift, type RebuildAnswer, rebuild } from '../lib/core/repair/rebuild.ts';
import { catalogue } from '../lib/domains.ts';
import { emitMetrics } from '../lib/platform/metrics.ts';
import { readDb } from '../lib/platform/mongo.ts';
import { operation } from '../lib/platform/operation.ts';
import { actionField, runAction } from '../lib/platform/ops/run-action.ts';
import { resources } from '../lib/platform/resources.ts';
import { startFunction } from '../lib/platform/start-function.ts';

const input = z.strictObject({
  projection: z.string().optional(),
  dry_run: z.boolean().default(false),
  /** Of all, those from here on: a call that goes on leaves what is done alone. */
  from: z.string().optional(),
  ...actionField,
});

/** Gives one answer for a named projection, else a list of all. What time does not allow, a new call goes on with. */
export const handler = operation(
  input,
  async ({ projection, dry_run: dryRun, from, action_id: actionId }, { log, functionName, timeLeftMs }) => {
    const all = catalogue.openReadModels(resources, projection);
    const models = all.slice(
      Math.max(
        0,
        all.findIndex((model) => model.projection.name === from),
      ),
    );
    const answers: RebuildAnswer[] = [];
    return runAction(
      {
        db: readDb(),
        actionId,
        kind: dryRun ? 'dry_run' : 'rebuild',
        target: projection ?? 'all',
        input: { projection, dry_run: dryRun },
        timeLeftMs,
      },
      async (run) => {
        let before = 0;
        const totals = await Promise.all(models.map(({ source }) => source.estimate()));
        const total = totals.reduce((sum, one) => sum + one, 0);
        for (const model of models) {
          const work = dryRun ? measureDrift : rebuild;
          const answer = await work(model, {
            db: readDb(),
            timeLeftMs: run.timeLeftMs,
            onProgress: (scanned) => run.progress(before + scanned, total),
          });
          before += answer.scanned;
          run.progress(before, total);
          log.info(dryRun ? 'drift measured' : 'read model rebuilt', { ...answer });
          emitMetrics(
            functionName,
            { Rebuilt: answer.written + answer.removed },
            { projection: answer.projection },
          );
          answers.push(answer);
          if (!answer.done) break;
        }
        const last = answers.at(-1) ?? answers;
        const done = answers.length === models.length && answers.every((answer) => answer.done);
        return { answer: projection === undefined ? answers : last, done };
      },
      dryRun
        ? undefined
        : (id) =>
            startFunction(functionName, {
              ...(projection === undefined ? { from: answers.at(-1)?.projection } : { projection }),
              action_id: id,
            }),
    );
  },
);
