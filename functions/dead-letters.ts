import * as z from 'zod';
import { listDeadLetters } from '../lib/core/dead-letters/groups.ts';
import { wholeNumber } from '../lib/core/fields.ts';
import { listParked } from '../lib/core/relay/parked.ts';
import { endpoint } from '../lib/platform/http/endpoint.ts';
import { endpointRoutes } from '../lib/platform/http/endpoint-route.ts';
import { httpHandler } from '../lib/platform/http/stack.ts';
import { readDb, writeDb } from '../lib/platform/mongo.ts';

const count = z.int().min(0);

const letter = z.strictObject({
  message_id: z.string(),
  event_id: z.string().optional(),
  correlation_id: z.string().optional(),
  last_at: z.date(),
  attempts: count,
});

const group = z.strictObject({
  subscription: z.string(),
  fingerprint: z.string(),
  error: z.object({ name: z.string(), message: z.string() }),
  count,
  replays: count,
  first_at: z.date(),
  last_at: z.date(),
  letters: z.array(letter),
});

const parkedEvent = z.strictObject({
  event_id: z.string(),
  type: z.string(),
  error: z.string(),
  parked_at: z.date(),
});

const getDeadLetters = endpoint({
  summary: 'Dead letters by cause, and events that a queue refused for good',
  operators: true,
  input: z.strictObject({
    subscription: z.string().min(1).max(100).optional(),
    limit: wholeNumber(1, 100).default(20),
  }),
  answer: z.strictObject({ groups: z.array(group), parked: z.array(parkedEvent) }),
  async handle({ subscription, limit }) {
    const [groups, parked] = await Promise.all([
      listDeadLetters(readDb(), { limit, ...(subscription === undefined ? {} : { subscription }) }),
      subscription === undefined ? listParked(writeDb(), limit) : [],
    ]);
    return { groups, parked };
  },
});

export const routes = { 'GET /dead-letters': getDeadLetters };

export const handler = httpHandler(endpointRoutes(routes, undefined));
