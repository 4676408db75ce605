import * as z from 'zod';
import { listDeadLetters } from '../lib/core/dead-letters/groups.ts';
import { listParked } from '../lib/core/relay/parked.ts';
import { parseInput, wholeNumber } from '../lib/platform/fields.ts';
import { opsRoutes } from '../lib/platform/http/ops-route.ts';
import { httpHandler } from '../lib/platform/http/stack.ts';
import { readDb, writeDb } from '../lib/platform/mongo.ts';

const input = z.strictObject({
  subscription: z.string().min(1).max(100).optional(),
  limit: wholeNumber(1, 100).default(20),
});

export const routes = opsRoutes({
  'GET /dead-letters': async ({ query }) => {
    const { subscription, limit } = parseInput(input, query);
    const [groups, parked] = await Promise.all([
      listDeadLetters(readDb(), { limit, ...(subscription === undefined ? {} : { subscription }) }),
      subscription === undefined ? listParked(writeDb(), limit) : [],
    ]);
    return { status: 200, body: { groups, parked } };
  },
});

export const handler = httpHandler(routes);
