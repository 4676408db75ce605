import { noLag, summarizeLags } from '../../lib/core/projection/lag.ts';
import { endpointRoutes } from '../../lib/platform/http/endpoint-route.ts';
import { httpHandler } from '../../lib/platform/http/stack.ts';
import { readDb, writeDb } from '../../lib/platform/mongo.ts';
import { measureBacklog } from '../../lib/platform/observe.ts';
import { getStats } from '../../lib/records/stats.ts';

export const routes = { 'GET /stats': getStats };

const lagMinutes = 5;

const measures = {
  writeDb: writeDb(),
  measureBacklog: () => measureBacklog(writeDb()),
  measureLag: async (subscription: string) =>
    (await summarizeLags(readDb(), lagMinutes)).get(subscription) ?? noLag,
};

export const handler = httpHandler(endpointRoutes(routes, measures));
