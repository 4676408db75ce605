import * as z from 'zod';
import { catalogue } from '../lib/domains.ts';
import { endpoint } from '../lib/platform/http/endpoint.ts';
import { endpointRoutes } from '../lib/platform/http/endpoint-route.ts';
import { httpHandler } from '../lib/platform/http/stack.ts';
import { readDb, writeDb } from '../lib/platform/mongo.ts';
import { check } from '../lib/platform/observe.ts';
import { queueDepth } from '../lib/platform/sqs/depth.ts';

const [anyQueue = ''] = catalogue.queueNames;

const dependency = z.strictObject({ name: z.string(), ok: z.boolean(), duration_ms: z.number().min(0) });

const getHealth = endpoint({
  summary: 'Whether the databases and the queue answer',
  input: z.strictObject({}),
  answer: z.strictObject({ status: z.enum(['ok', 'unavailable']), dependencies: z.array(dependency) }),
  statuses: [200, 503],
  statusOf: ({ status }) => (status === 'ok' ? 200 : 503),
  headers: ['Retry-After'],
  headersOf: ({ status }): Record<string, string> => (status === 'ok' ? {} : { 'retry-after': '5' }),
  async handle() {
    const dependencies = await Promise.all([
      check('write_database', () => writeDb().command({ ping: 1 })),
      check('read_database', () => readDb().command({ ping: 1 })),
      check('queue', () => queueDepth(anyQueue)),
    ]);
    const isWell = dependencies.every(({ ok }) => ok);
    return { status: isWell ? ('ok' as const) : ('unavailable' as const), dependencies };
  },
});

export const routes = { 'GET /health': getHealth };

export const handler = httpHandler(endpointRoutes(routes, undefined));
