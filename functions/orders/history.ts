import { createQueryBus } from '../../lib/core/queries/bus.ts';
import { getOrderHistory } from '../../lib/orders/history.ts';
import { queryRoutes } from '../../lib/platform/http/query-route.ts';
import { httpHandler } from '../../lib/platform/http/stack.ts';
import { writeDb } from '../../lib/platform/mongo.ts';

export const routes = {
  'GET /orders/{id}/history': getOrderHistory,
};

const bus = createQueryBus([getOrderHistory], { writeDb: writeDb() });

export const handler = httpHandler(queryRoutes(routes, bus));
