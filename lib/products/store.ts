// Where products and suppliers are kept: as events.
import type { Db } from 'mongodb';
import type * as z from 'zod';
import type { DomainEvent } from '../core/decider.ts';
import { type EventSourcedOptions, eventSourced } from '../core/stores/event-sourced.ts';
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
const storeOf =
  <S extends object | undefined, E extends DomainEvent>({
    state,
    ...options
  }: Omit<EventSourcedOptions<S, E>, 'db' | 'snapshots'> & { state: z.ZodType<S & object> }) =>
  (db: Db, snapshotEvery = 100) =>
    eventSourced<S, E>({ db, ...options, snapshots: { every: snapshotEvery, state } });

export const productStore = storeOf<Product | undefined, ProductEvent>({
  streamType: 'Product',
  decider: productDecider,
  eventTypes: productEvents,
  state: productState,
});

export const productViewsStore = storeOf<ProductViews | undefined, ProductViewsEvent>({
  streamType: 'ProductViews',
  decider: productViewsDecider,
  eventTypes: productViewsEvents,
  state: productViewsState,
});

export const supplierStore = storeOf<Supplier | undefined, SupplierEvent>({
  streamType: 'Supplier',
  decider: supplierDecider,
  eventTypes: supplierEvents,
  state: supplierState,
});
