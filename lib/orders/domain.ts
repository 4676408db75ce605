// The orders as one value.
import type { Domain } from '../core/domains/domain.ts';
import { orderDecider, orderEvents } from './order.ts';
import { ordersProjector, orderViewModel } from './projections.ts';

export const orders: Domain = {
  name: 'orders',
  streams: [{ type: 'Order', eventTypes: orderEvents, store: 'events', evolution: orderDecider }],
  readModels: [orderViewModel],
  subscribers: [ordersProjector],
};
