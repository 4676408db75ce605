// Every subscriber with what it is made of, for reconcile. Each one's own function imports it directly.
import type { Db } from 'mongodb';
import type { Subscriber } from './core/projection/subscriber.ts';
import { ordersProjector } from './orders/projections.ts';
import { config } from './platform/config.ts';
import { productsAuditLog } from './products/audit-log.ts';
import { productsLowStockAlert } from './products/low-stock-alert.ts';
import { productsProjector } from './products/projections.ts';
import { recordsProjector } from './records/projections.ts';
import type { SubscriptionName } from './subscriptions.ts';
import { ticketsProjector } from './tickets/projections.ts';

type Create = (writeDb: Db, readDb: Db) => Subscriber;

const creators: Record<SubscriptionName, Create> = {
  'orders-projector': ordersProjector,
  'products-projector': productsProjector,
  'products-audit-log': (_, readDb) => productsAuditLog(readDb),
  'products-low-stock-alert': (writeDb, readDb) =>
    productsLowStockAlert(writeDb, readDb, config.LOW_STOCK_THRESHOLD),
  'records-projector': recordsProjector,
  'tickets-projector': ticketsProjector,
};

export const subscribers = (writeDb: Db, readDb: Db): Subscriber[] =>
  Object.values(creators).map((create) => create(writeDb, readDb));
