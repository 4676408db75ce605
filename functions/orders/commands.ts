import {
  addItemInput,
  cancelOrderInput,
  createOrderInput,
  orderCommands,
  shipOrderInput,
  toItem,
} from '../../lib/orders/commands.ts';
import type { OrderEvent } from '../../lib/orders/order.ts';
import { ordersProjector } from '../../lib/orders/projections.ts';
import { commandRoute } from '../../lib/platform/http/command-route.ts';
import { httpHandler, type Routes } from '../../lib/platform/http/stack.ts';
import { inlineProjection } from '../../lib/platform/inline-projection.ts';
import { writeDb } from '../../lib/platform/mongo.ts';

const bus = orderCommands(writeDb(), inlineProjection<OrderEvent>('orders', ordersProjector));

const answer =
  (status: string) =>
  ({ id }: { id: string }) => ({ order_id: id, status });

export const routes: Routes = {
  'POST /orders': commandRoute({
    input: createOrderInput,
    send: ({ items, ...order }, context) =>
      bus.send({ type: 'CreateOrder', data: { ...order, items: items.map(toItem) } }, context),
    location: ({ id }) => `/orders/${id}`,
    answer: answer('created'),
  }),
  'POST /orders/{id}/items': commandRoute({
    input: addItemInput,
    send: ({ id, ...item }, context) =>
      bus.send({ type: 'AddOrderItem', data: { id, ...toItem(item) } }, context),
    answer: answer('item_added'),
  }),
  'POST /orders/{id}/ship': commandRoute({
    input: shipOrderInput,
    send: (data, context) => bus.send({ type: 'ShipOrder', data }, context),
    answer: answer('shipped'),
  }),
  'DELETE /orders/{id}': commandRoute({
    input: cancelOrderInput,
    queryFields: ['reason'],
    send: (data, context) => bus.send({ type: 'CancelOrder', data }, context),
    answer: answer('cancelled'),
  }),
};

export const handler = httpHandler(routes);
