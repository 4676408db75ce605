// The orders as one value.
import type { Domain } from '../core/domains/domain.ts';
import { orderEvents } from './order.ts';
import { ordersProjector, orderViewModel } from './projections.ts';

export const orders: Domain = {
  name: 'orders',
  streams: [{ type: 'Order', eventTypes: orderEvents, store: 'events' }],
  readModels: [orderViewModel],
  subscribers: [ordersProjector],
};
