import { config } from '../../lib/platform/config.ts';
import { commandRoutes } from '../../lib/platform/http/command-route.ts';
import { httpHandler } from '../../lib/platform/http/stack.ts';
import { inlineProjection } from '../../lib/platform/inline-projection.ts';
import { writeDb } from '../../lib/platform/mongo.ts';
import {
  changePrice,
  createProduct,
  createSupplier,
  productCommands,
  renameSupplier,
  supplierCommands,
  updateStock,
} from '../../lib/products/commands.ts';
import type { ProductEvent } from '../../lib/products/product.ts';
import { productsProjector } from '../../lib/products/projections.ts';
import type { SupplierEvent } from '../../lib/products/supplier.ts';

const supplierRoutes = {
  'POST /suppliers': createSupplier,
  'PATCH /suppliers/{id}': renameSupplier,
};
const productRoutes = {
  'POST /products': createProduct,
  'PATCH /products/{id}/stock': updateStock,
  'PATCH /products/{id}/price': changePrice,
};
export const routes = { ...supplierRoutes, ...productRoutes };

const { SNAPSHOT_EVERY: snapshotEvery } = config;
const products = productCommands(writeDb(), {
  snapshotEvery,
  ...inlineProjection<ProductEvent>('products', productsProjector),
});
const suppliers = supplierCommands(writeDb(), {
  snapshotEvery,
  ...inlineProjection<SupplierEvent>('products', productsProjector),
});

export const handler = httpHandler({
  ...commandRoutes(supplierRoutes, suppliers),
  ...commandRoutes(productRoutes, products),
});
