import { createQueryBus } from '../../lib/core/queries/bus.ts';
import { queryRoutes } from '../../lib/platform/http/query-route.ts';
import { httpHandler } from '../../lib/platform/http/stack.ts';
import { writeDb } from '../../lib/platform/mongo.ts';
import { getRecordHistory } from '../../lib/records/history.ts';

export const routes = {
  'GET /history/{key+}': getRecordHistory,
};

const bus = createQueryBus([getRecordHistory], { writeDb: writeDb() });

export const handler = httpHandler(queryRoutes(routes, bus));
