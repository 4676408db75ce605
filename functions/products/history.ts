import { createQueryBus } from '../../lib/core/queries/bus.ts';
import { queryRoutes } from '../../lib/platform/http/query-route.ts';
import { httpHandler } from '../../lib/platform/http/stack.ts';
import { writeDb } from '../../lib/platform/mongo.ts';
import { getProductHistory, getSupplierHistory } from '../../lib/products/history.ts';

export const routes = {
  'GET /products/{id}/history': getProductHistory,
  'GET /suppliers/{id}/history': getSupplierHistory,
};

const bus = createQueryBus([getProductHistory, getSupplierHistory], { writeDb: writeDb() });

export const handler = httpHandler(queryRoutes(routes, bus));
