import { queueHandler } from '../../lib/platform/queue.ts';
import { productsAuditLog } from '../../lib/products/audit-log.ts';

export const handler = queueHandler(productsAuditLog);
