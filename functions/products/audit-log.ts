import { readDb } from '../../lib/platform/mongo.ts';
import { queueHandler } from '../../lib/platform/queue.ts';
import { productsAuditLog } from '../../lib/products/audit-log.ts';

export const handler = queueHandler(productsAuditLog(readDb()), readDb());
