// Where products and suppliers are kept: as events.
import type { Db } from 'mongodb';
import { eventSourced } from '../core/stores/event-sourced.ts';
import { type Product, type ProductEvent, productDecider, productEvents, productState } from './product.ts';
import {
  type ProductViews,
  type ProductViewsEvent,
  productViewsDecider,
  productViewsEvents,
  productViewsState,
} from './product-views.ts';
import {
  type Supplier,
  type SupplierEvent,
  supplierDecider,
  supplierEvents,
  supplierState,
} from './supplier.ts';

/** Views to be counted come by it. */
export const productCommandsQueue = 'products-commands';

/** `snapshotEvery`: a snapshot each so many events. */
export const productStore = (db: Db, snapshotEvery = 100) =>
  eventSourced<Product | undefined, ProductEvent>({
    db,
    streamType: 'Product',
    decider: productDecider,
    eventTypes: productEvents,
    snapshots: { every: snapshotEvery, state: productState },
  });

/** `snapshotEvery`: a snapshot each so many events. */
export const productViewsStore = (db: Db, snapshotEvery = 100) =>
  eventSourced<ProductViews | undefined, ProductViewsEvent>({
    db,
    streamType: 'ProductViews',
    decider: productViewsDecider,
    eventTypes: productViewsEvents,
    snapshots: { every: snapshotEvery, state: productViewsState },
  });

/** `snapshotEvery`: a snapshot each so many events. */
export const supplierStore = (db: Db, snapshotEvery = 100) =>
  eventSourced<Supplier | undefined, SupplierEvent>({
    db,
    streamType: 'Supplier',
    decider: supplierDecider,
    eventTypes: supplierEvents,
    snapshots: { every: snapshotEvery, state: supplierState },
  });
