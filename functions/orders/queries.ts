import { getCustomerOrders, searchOrders } from '../../lib/orders/list-queries.ts';
import { getOrder, orderQueries } from '../../lib/orders/queries.ts';
import { queryRoutes } from '../../lib/platform/http/query-route.ts';
import { httpHandler } from '../../lib/platform/http/stack.ts';
import { readDb } from '../../lib/platform/mongo.ts';

export const routes = {
  'GET /orders/{id}': getOrder,
  'GET /orders/search': searchOrders,
  'GET /customers/{id}/orders': getCustomerOrders,
};

export const handler = httpHandler(queryRoutes(routes, orderQueries(readDb())));
