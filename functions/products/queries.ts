import { opsRoutes } from '../../lib/platform/http/ops-route.ts';
import { documentRoute, listRoute } from '../../lib/platform/http/query-route.ts';
import { httpHandler, type Routes } from '../../lib/platform/http/stack.ts';
import { readDb, writeDb } from '../../lib/platform/mongo.ts';
import { findWatchedVersion, listAlertsInput, listOpenAlerts } from '../../lib/products/alert-queries.ts';
import { findLoggedVersion, listAuditLog, listAuditLogInput } from '../../lib/products/audit-log-queries.ts';
import {
  findProductAt,
  findProductVersion,
  listHistory,
  productHistoryInput,
} from '../../lib/products/history.ts';
import {
  findCard,
  findProduct,
  getProductInput,
  listProducts,
  listProductsInput,
} from '../../lib/products/queries.ts';

export const routes: Routes = {
  'GET /products': listRoute({
    input: listProductsInput,
    find: (id) => findCard(readDb(), id),
    list: async (input) => {
      const { products, hasMore } = await listProducts(readDb(), input);
      return { body: products, hasMore };
    },
  }),
  'GET /products/{id}': documentRoute({
    input: getProductInput,
    what: 'product',
    find: ({ id, as_of }) =>
      as_of === undefined ? findProduct(readDb(), id) : findProductAt(writeDb(), id, as_of),
  }),
  'GET /alerts/low-stock': listRoute({
    input: listAlertsInput,
    find: (id) => findWatchedVersion(readDb(), id),
    list: async (input) => {
      const { open, hasMore } = await listOpenAlerts(readDb(), input);
      return { body: open, hasMore };
    },
  }),
  ...opsRoutes({
    'GET /products/{id}/history': listRoute({
      input: productHistoryInput,
      find: (id) => findProductVersion(writeDb(), id),
      list: async (input) => {
        const { events, hasMore } = await listHistory(writeDb(), input);
        const last = events.at(-1);
        return { body: events, ...(hasMore && last ? { next: { after_version: `${last.version}` } } : {}) };
      },
    }),
    'GET /audit-log': listRoute({
      input: listAuditLogInput,
      find: (id) => findLoggedVersion(readDb(), id),
      list: async (input) => {
        const { entries, next } = await listAuditLog(readDb(), input);
        return {
          body: { items: entries, next_cursor: next ?? null },
          ...(next === undefined ? {} : { next: { cursor: next } }),
        };
      },
    }),
  }),
};

export const handler = httpHandler(routes);
