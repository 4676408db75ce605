import { requiredText } from '../lib/core/fields.ts';
import { catalogue } from '../lib/domains.ts';
import { discardLetters } from '../lib/platform/dead-letters.ts';
import { letterChoice } from '../lib/platform/letter-choice.ts';
import { emitMetrics } from '../lib/platform/metrics.ts';
import { readDb } from '../lib/platform/mongo.ts';
import { operation } from '../lib/platform/operation.ts';
import { actionField, runAction } from '../lib/platform/ops/run-action.ts';

const input = letterChoice.extend({ reason: requiredText(1_000), ...actionField });

/** Ends dead letters for good; what and why stays on record. */
export const handler = operation(
  input,
  async ({ action_id: actionId, ...choice }, { log, functionName, timeLeftMs }) => {
    const { subscription, reason } = choice;
    catalogue.requireQueue(subscription);
    const action = {
      db: readDb(),
      actionId,
      kind: 'discard' as const,
      target: subscription,
      input: choice,
      timeLeftMs,
    };
    return runAction(action, async (run) => {
      const answer = await discardLetters(choice, { timeLeftMs: run.timeLeftMs, onProgress: run.progress });
      emitMetrics(functionName, { Discarded: answer.discarded }, { subscription });
      log.warn('dead letters discarded', { subscription, reason, discarded: answer.discarded });
      return { answer: { subscription, ...answer }, done: answer.done };
    });
  },
);
