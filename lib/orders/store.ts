// Where orders are kept: as events.
import type { Db } from 'mongodb';
import { eventSourced } from '../core/stores/event-sourced.ts';
import { type Order, type OrderEvent, orderDecider, orderEvents, orderState } from './order.ts';

/** `snapshotEvery`: a snapshot each so many events. */
export const orderStore = (db: Db, snapshotEvery = 100) =>
  eventSourced<Order | undefined, OrderEvent>({
    db,
    streamType: 'Order',
    decider: orderDecider,
    eventTypes: orderEvents,
    snapshots: { every: snapshotEvery, state: orderState },
  });
