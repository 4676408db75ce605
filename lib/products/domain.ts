// The products and their suppliers as one value.
import type { Domain } from '../core/domains/domain.ts';
import { auditLogModel, productsAuditLog } from './audit-log.ts';
import { lowStockModels, lowStockSettings, productsLowStockAlert } from './low-stock-alert.ts';
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

export const products: Domain = {
  name: 'products',
  streams: [
    { type: 'Product', eventTypes: productEvents, store: 'events', evolution: productDecider },
    { type: 'ProductViews', eventTypes: productViewsEvents, store: 'events', evolution: productViewsDecider },
    { type: 'Supplier', eventTypes: supplierEvents, store: 'events', evolution: supplierDecider },
  ],
  readModels: [
    supplierModel,
    productCardsModel,
    productDetailsModel,
    productViewsModel,
    auditLogModel,
    ...lowStockModels,
  ],
  subscribers: [productsProjector, productsAuditLog, productsLowStockAlert],
  commandQueues: [productCommandsQueue],
  settings: lowStockSettings,
};
