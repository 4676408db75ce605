import { ordersProjector } from '../../lib/orders/projections.ts';
import { queueHandler } from '../../lib/platform/queue.ts';

export const handler = queueHandler(ordersProjector);
