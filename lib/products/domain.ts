// The products and their suppliers as one value.
import type { Domain } from '../core/domains/domain.ts';
import type { Index } from '../core/indexes.ts';
import { auditLogIndexes, productsAuditLog } from './audit-log.ts';
import {
  alertsCollection,
  lowStockIndexes,
  lowStockSettings,
  productsLowStockAlert,
} from './low-stock-alert.ts';
import { productDecider, productEvents } from './product.ts';
import { productViewsDecider, productViewsEvents } from './product-views.ts';
import {
  productCardsModel,
  productDetailsModel,
  productsProjector,
  productViewsModel,
  supplierModel,
} from './projections.ts';
import { productCommandsQueue } from './store.ts';
import { supplierDecider, supplierEvents } from './supplier.ts';

/** For alerts of whatever state; the open ones have an index of their own. */
const alertsByTime: Index = { collection: alertsCollection, keys: { opened_at: -1, _id: -1 } };

export const products: Domain = {
  name: 'products',
  streams: [
    { type: 'Product', eventTypes: productEvents, store: 'events', evolution: productDecider },
    { type: 'ProductViews', eventTypes: productViewsEvents, store: 'events', evolution: productViewsDecider },
    { type: 'Supplier', eventTypes: supplierEvents, store: 'events', evolution: supplierDecider },
  ],
  readModels: [supplierModel, productCardsModel, productDetailsModel, productViewsModel],
  subscribers: [productsProjector, productsAuditLog, productsLowStockAlert],
  commandQueues: [productCommandsQueue],
  indexes: { read: [...auditLogIndexes, ...lowStockIndexes, alertsByTime] },
  settings: lowStockSettings,
};
