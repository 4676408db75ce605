// The commands of products and suppliers, each one value, and the buses that handle them on the write database.
import type { Db } from 'mongodb';
import { v7 as uuidv7 } from 'uuid';
import * as z from 'zod';
import { createCommandBus } from '../core/commands/bus.ts';
import { command, queuedCommand } from '../core/commands/command.ts';
import { commandHandler, type HandleCommand, type HandlerOptions } from '../core/commands/handle.ts';
import { queuedCommandsHandler } from '../core/commands/queued-commands.ts';
import { ruleViolated } from '../core/errors.ts';
import { uuid } from '../core/fields.ts';
import {
  mergeViews,
  type Product,
  type ProductCommand,
  type ProductEvent,
  productDecider,
  productInputs,
  type RecordProductView,
} from './product.ts';
import { productCommandsQueue, productStore, supplierStore } from './store.ts';
import { type SupplierCommand, type SupplierEvent, supplierDecider, supplierInputs } from './supplier.ts';

interface SupplierHandlers {
  supplier: HandleCommand<SupplierCommand>;
}

interface ProductHandlers {
  product: HandleCommand<ProductCommand>;
  suppliers: ReturnType<typeof supplierStore>;
}

export const createSupplier = command({
  type: 'CreateSupplier',
  summary: 'Take in a supplier',
  input: supplierInputs.CreateSupplier,
  locate: ({ id }) => `/suppliers/${id}`,
  handle: (wanted, { supplier }: SupplierHandlers, context) =>
    supplier({ id: uuidv7(), command: wanted, isNew: true }, context),
});

export const renameSupplier = command({
  type: 'RenameSupplier',
  summary: 'Rename a supplier; its products show the new name soon after',
  input: supplierInputs.RenameSupplier,
  handle: (wanted, { supplier }: SupplierHandlers, context) =>
    supplier({ id: wanted.data.id, command: wanted }, context),
});

export const createProduct = command({
  type: 'CreateProduct',
  summary: 'Take in a product of a supplier',
  input: productInputs.CreateProduct,
  locate: ({ id }) => `/products/${id}`,
  refusals: ['There is no such supplier'],
  async handle({ type, data }, { product, suppliers }: ProductHandlers, context) {
    const { state: supplier, version } = await suppliers.load(data.supplier_id);
    if (supplier === undefined) throw ruleViolated(`There is no supplier ${data.supplier_id}`);
    // The event is to be self-contained for ever, so the supplier's name of today goes into it.
    const complete = { ...data, supplier_name: supplier.name, supplier_version: version };
    return product({ id: uuidv7(), command: { type, data: complete }, isNew: true }, context);
  },
});

export const updateStock = command({
  type: 'UpdateStock',
  summary: 'Set the stock of a product',
  input: productInputs.UpdateStock,
  handle: (wanted, { product }: ProductHandlers, context) =>
    product({ id: wanted.data.id, command: wanted }, context),
});

export const changePrice = command({
  type: 'ChangePrice',
  summary: 'Change the price of a product',
  input: productInputs.ChangePrice,
  handle: (wanted, { product }: ProductHandlers, context) =>
    product({ id: wanted.data.id, command: wanted }, context),
});

/** Who looks at a product waits for no write. */
export const viewProduct = queuedCommand({
  type: 'RecordProductView',
  summary: 'Count a view of a product, soon',
  queue: productCommandsQueue,
  input: z.strictObject({ id: uuid }),
  toData: ({ id }) => ({ id, count: 1 }),
  answer: { fields: z.strictObject({ id: z.uuid() }), of: ({ id }) => ({ id }) },
});

export interface StoreOptions<E extends ProductEvent | SupplierEvent> extends HandlerOptions<E> {
  /** A snapshot each so many events. */
  snapshotEvery?: number;
}

/** The bus of all commands of products. */
export const productCommands = (db: Db, { snapshotEvery, ...options }: StoreOptions<ProductEvent> = {}) =>
  createCommandBus([createProduct, updateStock, changePrice], {
    product: commandHandler(productStore(db, snapshotEvery), productDecider, options),
    suppliers: supplierStore(db, snapshotEvery),
  });

/** The bus of all commands of suppliers. */
export const supplierCommands = (db: Db, { snapshotEvery, ...options }: StoreOptions<SupplierEvent> = {}) =>
  createCommandBus([createSupplier, renameSupplier], {
    supplier: commandHandler(supplierStore(db, snapshotEvery), supplierDecider, options),
  });

/** Takes the commands from the queue of products. */
export const queuedProductCommands = (
  db: Db,
  { snapshotEvery, ...options }: StoreOptions<ProductEvent> = {},
) =>
  queuedCommandsHandler<RecordProductView, Product | undefined, ProductEvent>({
    store: productStore(db, snapshotEvery),
    decider: productDecider,
    target: ({ data }) => data.id,
    merge: mergeViews,
    ...options,
  });
