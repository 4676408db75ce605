// The commands of products and suppliers, each one value, and the buses that handle them on the write database.
import type { Db } from 'mongodb';
import { v7 as uuidv7 } from 'uuid';
import * as z from 'zod';
import { createCommandBus } from '../core/commands/bus.ts';
import { command, queuedCommand } from '../core/commands/command.ts';
import {
  type CommandContext,
  type CommandResult,
  commandHandler,
  type HandleCommand,
  type HandlerOptions,
} from '../core/commands/handle.ts';
import { type HandleQueuedCommands, queuedCommandsHandler } from '../core/commands/queued-commands.ts';
import type { DomainEvent } from '../core/decider.ts';
import { ruleViolated } from '../core/errors.ts';
import { aggregateId, streamId } from '../core/events.ts';
import { uuid } from '../core/fields.ts';
import { eventRows } from '../core/stores/event-rows.ts';
import { type ProductCommand, type ProductEvent, productDecider, productInputs } from './product.ts';
import {
  mergeViews,
  type ProductViewsEvent,
  productViewsDecider,
  type RecordProductView,
} from './product-views.ts';
import { productCommandsQueue, productStore, productViewsStore, supplierStore } from './store.ts';
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
  example: { name: 'Acme' },
  makesNew: true,
  locate: ({ id }) => `/suppliers/${id}`,
  handle: (wanted, { supplier }: SupplierHandlers, context) =>
    supplier({ id: uuidv7(), command: wanted, isNew: true }, context),
});

export const renameSupplier = command({
  type: 'RenameSupplier',
  summary: 'Rename a supplier; its products show the new name soon after',
  input: supplierInputs.RenameSupplier,
  example: { name: 'Zenith' },
  handle: (wanted, { supplier }: SupplierHandlers, context) =>
    supplier({ id: wanted.data.id, command: wanted }, context),
});

export const createProduct = command({
  type: 'CreateProduct',
  summary: 'Take in a product of a supplier',
  input: productInputs.CreateProduct,
  example: {
    name: 'Lamp',
    price: 19.5,
    cost_price: 7.5,
    stock: 3,
    // A supplier's, as its creation gave it.
    supplier_id: '01900000-0000-7000-8000-000000000000',
  },
  makesNew: true,
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

const changeProduct = (
  wanted: Extract<ProductCommand, { data: { id: string } }>,
  { product }: ProductHandlers,
  context: CommandContext,
): Promise<CommandResult> => product({ id: wanted.data.id, command: wanted }, context);

export const updateStock = command({
  type: 'UpdateStock',
  summary: 'Set the stock of a product',
  input: productInputs.UpdateStock,
  example: { new_stock: 4 },
  handle: changeProduct,
});

export const changePrice = command({
  type: 'ChangePrice',
  summary: 'Change the price of a product',
  input: productInputs.ChangePrice,
  example: { new_price: 4.5 },
  handle: changeProduct,
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

export interface StoreOptions<E extends DomainEvent> extends HandlerOptions<E> {
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

/** Those of the ids that a product has. */
const findProducts = async (db: Db, ids: string[]): Promise<Set<string>> => {
  const streams = [...new Set(ids)].map((id) => streamId('Product', id));
  const first = await eventRows(db)
    .find({ stream_id: { $in: streams }, version: 1 }, { projection: { stream_id: 1 } })
    .toArray();
  return new Set(first.map(({ stream_id }) => aggregateId(stream_id)));
};

/** Takes the commands from the queue of products. */
export const queuedProductCommands = (
  db: Db,
  { snapshotEvery, ...options }: StoreOptions<ProductViewsEvent> = {},
): HandleQueuedCommands<RecordProductView> => {
  const countViews = queuedCommandsHandler({
    store: productViewsStore(db, snapshotEvery),
    decider: productViewsDecider,
    target: ({ data }) => data.id,
    merge: mergeViews,
    ...options,
  });
  return async (commands) => {
    // Views arrive unasked and late; one of a product that is not there has nothing to count on.
    const products = await findProducts(
      db,
      commands.map(({ data }) => data.id),
    );
    const handled = await countViews(commands.filter(({ data }) => products.has(data.id)));
    const ofNothing = commands.filter(({ data }) => !products.has(data.id));
    return { ...handled, applied: [...handled.applied, ...ofNothing] };
  };
};
