import { queueHandler } from '../../lib/platform/queue.ts';
import { productsLowStockAlert } from '../../lib/products/low-stock-alert.ts';

export const handler = queueHandler(productsLowStockAlert);
