import { unpark } from '../lib/core/relay/parked.ts';
import { catalogue } from '../lib/domains.ts';
import { redriveLetters } from '../lib/platform/dead-letters.ts';
import { letterChoice } from '../lib/platform/letter-choice.ts';
import { emitMetrics } from '../lib/platform/metrics.ts';
import { readDb, writeDb } from '../lib/platform/mongo.ts';
import { operation } from '../lib/platform/operation.ts';
import { type ActionRun, actionField, runAction } from '../lib/platform/ops/run-action.ts';
import { wakeRelay } from '../lib/platform/wake-relay.ts';

const input = letterChoice.extend(actionField);

const putBackParked = async (eventIds?: string[]): Promise<number> => {
  const count = await unpark(writeDb(), eventIds);
  if (count > 0) await wakeRelay();
  return count;
};

/** The subscription `relay` stands for events that a queue refused for good. */
export const handler = operation(
  input,
  async ({ action_id: actionId, ...choice }, { log, functionName, timeLeftMs }) => {
    const { subscription } = choice;
    const isRelay = subscription === 'relay';
    if (!isRelay) catalogue.requireQueue(subscription);
    const putBack = async (run: ActionRun) => {
      if (isRelay)
        return { redriven: await putBackParked(choice.event_ids), left: 0, done: true, event_ids: [] };
      return redriveLetters(choice, { timeLeftMs: run.timeLeftMs, onProgress: run.progress });
    };
    const kind = isRelay ? ('unpark' as const) : ('redrive' as const);
    const action = { db: readDb(), actionId, kind, target: subscription, input: choice, timeLeftMs };
    return runAction(action, async (run) => {
      const { event_ids, ...answer } = await putBack(run);
      run.progress(answer.redriven);
      emitMetrics(functionName, { Redriven: answer.redriven }, { subscription });
      log.info('dead letters put back', { subscription, redriven: answer.redriven, left: answer.left });
      const kept = { subscription, ...answer };
      return { answer: isRelay ? kept : { ...kept, event_ids }, kept, done: answer.done };
    });
  },
);
