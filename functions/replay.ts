import * as z from 'zod';
import { replay } from '../lib/core/repair/replay.ts';
import { catalogue } from '../lib/domains.ts';
import { readDb, writeDb } from '../lib/platform/mongo.ts';
import { operation } from '../lib/platform/operation.ts';
import { resources } from '../lib/platform/resources.ts';
import { startFunction } from '../lib/platform/start-function.ts';

const input = z.strictObject({
  subscription: z.string(),
  from: z.int().min(0).max(Number.MAX_SAFE_INTEGER).default(0),
});

/** Applies the log from a position on to one subscriber. What time does not allow, a new call goes on with. */
export const handler = operation(input, async ({ subscription, from }, { functionName, timeLeftMs }) => {
  const { hears, create } = catalogue.subscriber(subscription);
  const answer = await replay({
    writeDb: writeDb(),
    readDb: readDb(),
    subscriber: create(resources),
    hears,
    from,
    timeLeftMs,
  });
  if (!answer.done) await startFunction(functionName, { subscription, from });
  return answer;
});
