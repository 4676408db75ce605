import { commandQueueHandler } from '../../lib/platform/command-queue.ts';
import { config } from '../../lib/platform/config.ts';
import { inlineProjection } from '../../lib/platform/inline-projection.ts';
import { readDb, writeDb } from '../../lib/platform/mongo.ts';
import { queuedProductCommands, viewProduct } from '../../lib/products/commands.ts';
import { type ProductViewsEvent, recordProductView } from '../../lib/products/product-views.ts';
import { productsProjector } from '../../lib/products/projections.ts';

const options = {
  snapshotEvery: config.SNAPSHOT_EVERY,
  ...inlineProjection<ProductViewsEvent>('products', productsProjector),
};

export const handler = commandQueueHandler(
  {
    name: viewProduct.queue,
    schema: recordProductView,
    handle: queuedProductCommands(writeDb(), options),
  },
  readDb(),
);
