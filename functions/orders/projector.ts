import { ordersProjector } from '../../lib/orders/projections.ts';
import { readDb, writeDb } from '../../lib/platform/mongo.ts';
import { queueHandler } from '../../lib/platform/queue.ts';

export const handler = queueHandler(ordersProjector(writeDb(), readDb()), readDb());
