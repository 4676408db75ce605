import { queryRoutes } from '../../lib/platform/http/query-route.ts';
import { httpHandler } from '../../lib/platform/http/stack.ts';
import { readDb, writeDb } from '../../lib/platform/mongo.ts';
import { listAlerts } from '../../lib/products/alert-queries.ts';
import { getAuditLog } from '../../lib/products/audit-log-queries.ts';
import { getProduct, listProducts, productQueries } from '../../lib/products/queries.ts';
import { getSupplier, listSuppliers } from '../../lib/products/supplier-queries.ts';

export const routes = {
  'GET /products': listProducts,
  'GET /products/{id}': getProduct,
  'GET /suppliers': listSuppliers,
  'GET /suppliers/{id}': getSupplier,
  'GET /audit-log': getAuditLog,
  'GET /alerts/low-stock': listAlerts,
};

const bus = productQueries({ writeDb: writeDb(), readDb: readDb() });

export const handler = httpHandler(queryRoutes(routes, bus));
