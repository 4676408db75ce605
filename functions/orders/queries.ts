import {
  customerOrdersInput,
  getOrderInput,
  orderQueries,
  queryContext,
  searchOrdersInput,
} from '../../lib/orders/queries.ts';
import { documentRoute, listRoute } from '../../lib/platform/http/query-route.ts';
import { httpHandler, type Routes } from '../../lib/platform/http/stack.ts';
import { readDb } from '../../lib/platform/mongo.ts';

const bus = orderQueries(readDb());

const find = (id: string) => bus.send({ type: 'GetOrderById', data: { id } }, queryContext);

export const routes: Routes = {
  'GET /orders/{id}': documentRoute({ input: getOrderInput, what: 'order', find: ({ id }) => find(id) }),
  'GET /orders/search': listRoute({
    input: searchOrdersInput,
    find,
    list: async (data) => ({ body: await bus.send({ type: 'SearchOrders', data }, queryContext) }),
  }),
  'GET /customers/{id}/orders': listRoute({
    input: customerOrdersInput,
    find,
    list: async (data) => ({ body: await bus.send({ type: 'GetCustomerOrders', data }, queryContext) }),
  }),
};

export const handler = httpHandler(routes);
