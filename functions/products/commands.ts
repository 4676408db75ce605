import { commandRoute } from '../../lib/platform/http/command-route.ts';
import { httpHandler, type Routes } from '../../lib/platform/http/stack.ts';
import { inlineProjection } from '../../lib/platform/inline-projection.ts';
import { writeDb } from '../../lib/platform/mongo.ts';
import {
  changePriceInput,
  createProductInput,
  createSupplierInput,
  productCommands,
  renameSupplierInput,
  supplierCommands,
  updateStockInput,
} from '../../lib/products/commands.ts';
import type { ProductEvent } from '../../lib/products/product.ts';
import { productsProjector } from '../../lib/products/projections.ts';
import type { SupplierEvent } from '../../lib/products/supplier.ts';

const products = productCommands(writeDb(), inlineProjection<ProductEvent>('products', productsProjector));
const suppliers = supplierCommands(writeDb(), inlineProjection<SupplierEvent>('products', productsProjector));

export const routes: Routes = {
  'POST /suppliers': commandRoute({
    input: createSupplierInput,
    send: (data, context) => suppliers.send({ type: 'CreateSupplier', data }, context),
    location: ({ id }) => `/suppliers/${id}`,
  }),
  'PATCH /suppliers/{id}': commandRoute({
    input: renameSupplierInput,
    send: (data, context) => suppliers.send({ type: 'RenameSupplier', data }, context),
  }),
  'POST /products': commandRoute({
    input: createProductInput,
    send: ({ price: price_minor, cost_price: cost_price_minor, ...rest }, context) =>
      products.send({ type: 'CreateProduct', data: { ...rest, price_minor, cost_price_minor } }, context),
    location: ({ id }) => `/products/${id}`,
  }),
  'PATCH /products/{id}/stock': commandRoute({
    input: updateStockInput,
    send: (data, context) => products.send({ type: 'UpdateStock', data }, context),
  }),
  'PATCH /products/{id}/price': commandRoute({
    input: changePriceInput,
    send: ({ id, new_price: new_price_minor }, context) =>
      products.send({ type: 'ChangePrice', data: { id, new_price_minor } }, context),
  }),
};

export const handler = httpHandler(routes);
