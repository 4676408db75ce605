import * as z from 'zod';
import { AppError } from '../lib/core/errors.ts';
import { replay } from '../lib/core/repair/replay.ts';
import { invokeAgain } from '../lib/platform/invoke-again.ts';
import { readDb, writeDb } from '../lib/platform/mongo.ts';
import { operation } from '../lib/platform/operation.ts';
import { subscribers } from '../lib/subscribers.ts';
import { eventTypesOf } from '../lib/subscriptions.ts';

const input = z.strictObject({
  subscription: z.string(),
  from: z.int().min(0).max(Number.MAX_SAFE_INTEGER).default(0),
});

/** Applies the log from a position on to one subscriber. What time does not allow, a new call goes on with. */
export const handler = operation(input, async ({ subscription, from }, { functionName, timeLeftMs }) => {
  const all = subscribers(writeDb(), readDb());
  const subscriber = all.find(({ name }) => name === subscription);
  if (subscriber === undefined) {
    const names = all.map(({ name }) => name).join(', ');
    throw new AppError('invalid_input', `There is no subscription ${subscription}; there are: ${names}`);
  }
  const answer = await replay({
    writeDb: writeDb(),
    readDb: readDb(),
    subscriber,
    eventTypes: eventTypesOf(subscription),
    from,
    timeLeftMs,
  });
  if (!answer.done) await invokeAgain(functionName, { subscription, from });
  return answer;
});
