// Where products and suppliers are kept: as events.
import type { Db } from 'mongodb';
import { eventSourced } from '../core/stores/event-sourced.ts';
import { config } from '../platform/config.ts';
import { type Product, type ProductEvent, productDecider, productEvents, productState } from './product.ts';
import {
  type Supplier,
  type SupplierEvent,
  supplierDecider,
  supplierEvents,
  supplierState,
} from './supplier.ts';

export const productStore = (db: Db, every = config.SNAPSHOT_EVERY) =>
  eventSourced<Product | undefined, ProductEvent>({
    db,
    streamType: 'Product',
    decider: productDecider,
    eventTypes: productEvents,
    snapshots: { every, state: productState },
  });

export const supplierStore = (db: Db, every = config.SNAPSHOT_EVERY) =>
  eventSourced<Supplier | undefined, SupplierEvent>({
    db,
    streamType: 'Supplier',
    decider: supplierDecider,
    eventTypes: supplierEvents,
    snapshots: { every, state: supplierState },
  });
