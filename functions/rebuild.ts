import * as z from 'zod';
import { getAction } from '../lib/core/ops/actions.ts';
import type { ReadModel } from '../lib/core/projection/projection.ts';
import { measureDrift, type RebuildAnswer, rebuild } from '../lib/core/repair/rebuild.ts';
import { catalogue } from '../lib/domains.ts';
import { emitMetrics } from '../lib/platform/metrics.ts';
import { readDb } from '../lib/platform/mongo.ts';
import { type OperationContext, operation } from '../lib/platform/operation.ts';
import { type ActionRun, actionField, runAction } from '../lib/platform/ops/run-action.ts';
import { resources } from '../lib/platform/resources.ts';
import { startFunction } from '../lib/platform/start-function.ts';

const input = z.strictObject({
  projection: z.string().optional(),
  dry_run: z.boolean().default(false),
  /** Of all, those from here on: a call that goes on leaves what is done alone. */
  from: z.string().optional(),
  ...actionField,
});

/** Of all, what the calls before this one have finished. */
const findFinished = async (actionId?: string, from?: string): Promise<RebuildAnswer[]> => {
  if (actionId === undefined || from === undefined) return [];
  const { result } = await getAction(readDb(), actionId);
  return Array.isArray(result) ? (result as RebuildAnswer[]).filter(({ done }) => done) : [];
};

interface Work {
  models: ReadModel[];
  /** What earlier calls have finished of all. */
  finished: readonly RebuildAnswer[];
  dryRun: boolean;
}

/** One after the other, until the time is up. */
const workThrough = async (
  { models, finished, dryRun }: Work,
  run: ActionRun,
  { log, functionName }: OperationContext,
): Promise<{ answers: RebuildAnswer[]; done: boolean }> => {
  const answers: RebuildAnswer[] = [];
  let before = finished.reduce((sum, { scanned }) => sum + scanned, 0);
  const totals = await Promise.all(models.map(({ source }) => source.estimate()));
  const total = totals.reduce((sum, one) => sum + one, before);
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
  const done = answers.every((answer) => answer.done);
  return { answers: [...finished, ...answers], done };
};

/** Gives one answer for a named projection, else a list of all. What time does not allow, a new call goes on with. */
export const handler = operation(input, async (asked, context) => {
  const { projection, dry_run: dryRun, from, action_id: actionId } = asked;
  const all = catalogue.openReadModels(resources, projection);
  const start = all.findIndex((model) => model.projection.name === from);
  const work = {
    models: all.slice(Math.max(0, start)),
    finished: await findFinished(actionId, from),
    dryRun,
  };
  let last: string | undefined;
  return runAction(
    {
      db: readDb(),
      actionId,
      kind: dryRun ? 'dry_run' : 'rebuild',
      target: projection ?? 'all',
      input: { projection, dry_run: dryRun },
      timeLeftMs: context.timeLeftMs,
    },
    async (run) => {
      const { answers, done } = await workThrough(work, run, context);
      last = answers.at(-1)?.projection;
      return { answer: projection === undefined ? answers : (answers[0] ?? answers), done };
    },
    dryRun
      ? undefined
      : (id) =>
          startFunction(context.functionName, {
            ...(projection === undefined ? { from: last } : { projection }),
            action_id: id,
          }),
  );
});
