import {
  addOrderItem,
  cancelOrder,
  createOrder,
  orderCommands,
  shipOrder,
} from '../../lib/orders/commands.ts';
import type { OrderEvent } from '../../lib/orders/order.ts';
import { ordersProjector } from '../../lib/orders/projections.ts';
import { config } from '../../lib/platform/config.ts';
import { commandRoutes } from '../../lib/platform/http/command-route.ts';
import { httpHandler } from '../../lib/platform/http/stack.ts';
import { inlineProjection } from '../../lib/platform/inline-projection.ts';
import { writeDb } from '../../lib/platform/mongo.ts';

export const routes = {
  'POST /orders': createOrder,
  'POST /orders/{id}/items': addOrderItem,
  'POST /orders/{id}/ship': shipOrder,
  'DELETE /orders/{id}': cancelOrder,
};

const bus = orderCommands(writeDb(), {
  snapshotEvery: config.SNAPSHOT_EVERY,
  ...inlineProjection<OrderEvent>('orders', ordersProjector),
});

export const handler = httpHandler(commandRoutes(routes, bus));
