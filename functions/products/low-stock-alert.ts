import { config } from '../../lib/platform/config.ts';
import { readDb, writeDb } from '../../lib/platform/mongo.ts';
import { queueHandler } from '../../lib/platform/queue.ts';
import { productsLowStockAlert } from '../../lib/products/low-stock-alert.ts';

const subscriber = productsLowStockAlert(writeDb(), readDb(), config.LOW_STOCK_THRESHOLD);

export const handler = queueHandler(subscriber, readDb());
