import { catalogue } from '../lib/domains.ts';
import { refuseParameters } from '../lib/platform/fields.ts';
import type { HttpRequest } from '../lib/platform/http/request.ts';
import { httpHandler } from '../lib/platform/http/stack.ts';
import { readDb, writeDb } from '../lib/platform/mongo.ts';
import { check } from '../lib/platform/observe.ts';
import { queueDepth } from '../lib/platform/sqs/depth.ts';

const [anyQueue = ''] = catalogue.queueNames;

export const routes = {
  'GET /health': async ({ query }: HttpRequest) => {
    refuseParameters(query);
    const dependencies = await Promise.all([
      check('write_database', () => writeDb().command({ ping: 1 })),
      check('read_database', () => readDb().command({ ping: 1 })),
      check('queue', () => queueDepth(anyQueue)),
    ]);
    const ok = dependencies.every((one) => one.ok);
    return {
      status: ok ? 200 : 503,
      headers: ok ? {} : { 'retry-after': '5' },
      body: { status: ok ? 'ok' : 'unavailable', dependencies },
    };
  },
};

export const handler = httpHandler(routes);
