// The orders as one value.
import type { Domain } from '../core/domains/domain.ts';
import { orderDecider, orderEvents } from './order.ts';
import { ordersModel, ordersProjector } from './projections.ts';

export const orders: Domain = {
  name: 'orders',
  streams: [{ type: 'Order', eventTypes: orderEvents, store: 'events', evolution: orderDecider }],
  readModels: [ordersModel],
  subscribers: [ordersProjector],
};
