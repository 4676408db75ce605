import { queueHandler } from '../../lib/platform/queue.ts';
import { productsProjector } from '../../lib/products/projections.ts';

export const handler = queueHandler(productsProjector);
