import { commandQueueHandler } from '../../lib/platform/command-queue.ts';
import { inlineProjection } from '../../lib/platform/inline-projection.ts';
import { readDb, writeDb } from '../../lib/platform/mongo.ts';
import { queuedProductCommands } from '../../lib/products/commands.ts';
import { type ProductEvent, recordProductView } from '../../lib/products/product.ts';
import { productsProjector } from '../../lib/products/projections.ts';
import { productCommandsQueue } from '../../lib/products/views.ts';

const inline = inlineProjection<ProductEvent>('products', productsProjector);

export const handler = commandQueueHandler(
  {
    name: productCommandsQueue,
    schema: recordProductView,
    handle: queuedProductCommands(writeDb(), inline),
  },
  readDb(),
);
