// Where orders are kept: as events.
import type { Db } from 'mongodb';
import { eventSourced } from '../core/stores/event-sourced.ts';
import { config } from '../platform/config.ts';
import { type Order, type OrderEvent, orderDecider, orderEvents, orderState } from './order.ts';

export const orderStore = (db: Db) =>
  eventSourced<Order | undefined, OrderEvent>({
    db,
    streamType: 'Order',
    decider: orderDecider,
    eventTypes: orderEvents,
    snapshots: { every: config.SNAPSHOT_EVERY, state: orderState },
  });
