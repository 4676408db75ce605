import * as z from 'zod';
import { replay } from '../lib/core/repair/replay.ts';
import { nextPosition } from '../lib/core/stores/event-log.ts';
import { catalogue } from '../lib/domains.ts';
import { emitMetrics } from '../lib/platform/metrics.ts';
import { readDb, writeDb } from '../lib/platform/mongo.ts';
import { operation } from '../lib/platform/operation.ts';
import { actionField, runAction } from '../lib/platform/ops/run-action.ts';
import { resources } from '../lib/platform/resources.ts';
import { startFunction } from '../lib/platform/start-function.ts';

const input = z.strictObject({
  subscription: z.string(),
  from: z.int().min(0).max(Number.MAX_SAFE_INTEGER).default(0),
  ...actionField,
});

/** Applies the log from a position on to one subscriber. What time does not allow, a new call goes on with. */
export const handler = operation(
  input,
  async ({ subscription, from, action_id: actionId }, { log, functionName, timeLeftMs }) => {
    const { hears, create } = catalogue.subscriber(subscription);
    return runAction(
      {
        db: readDb(),
        actionId,
        kind: 'replay',
        target: subscription,
        input: { subscription, from },
        timeLeftMs,
      },
      async (run) => {
        const total = Math.max(0, (await nextPosition(writeDb())) - Math.max(1, from));
        const answer = await replay({
          writeDb: writeDb(),
          readDb: readDb(),
          subscriber: create(resources),
          hears,
          from,
          timeLeftMs: run.timeLeftMs,
          onProgress: (position) => run.progress(Math.max(0, position - Math.max(1, from)), total),
        });
        emitMetrics(
          functionName,
          { Replayed: answer.applied, Duplicates: answer.duplicates, Failures: answer.failed },
          { subscription },
        );
        log.info('log replayed', { ...answer });
        return { answer, done: answer.done };
      },
      (id) => startFunction(functionName, { subscription, from, action_id: id }),
    );
  },
);
