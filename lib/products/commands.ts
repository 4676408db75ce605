// The commands of products and suppliers: their input, and the buses that handle them on the write database.
import type { Db } from 'mongodb';
import { v7 as uuidv7 } from 'uuid';
import * as z from 'zod';
import { createCommandBus } from '../core/commands/bus.ts';
import { commandHandler, type HandlerOptions } from '../core/commands/handle.ts';
import { queuedCommandsHandler } from '../core/commands/queued-commands.ts';
import { ruleViolated } from '../core/errors.ts';
import { money, optionalText, quantity, requiredText, uuid } from '../platform/fields.ts';
import {
  mergeViews,
  type Product,
  type ProductEvent,
  productDecider,
  type RecordProductView,
} from './product.ts';
import { productStore, supplierStore } from './store.ts';
import { type SupplierCommand, type SupplierEvent, supplierDecider } from './supplier.ts';

const mostMinor = 999_999_999_999;
const mostStock = 1_000_000_000;

const costPrice = money.pipe(z.int().max(mostMinor, { error: 'is too much' }));
const price = costPrice.pipe(z.int().min(1, { error: 'must be above 0' }));
const stock = quantity(0, mostStock);

export const createSupplierInput = z.strictObject({ name: requiredText(255) });
export const renameSupplierInput = z.strictObject({ id: uuid, name: requiredText(255) });

export const createProductInput = z.strictObject({
  name: requiredText(255),
  description: optionalText(10_000).default(''),
  price,
  cost_price: costPrice,
  stock,
  supplier_id: uuid,
});
export const updateStockInput = z.strictObject({ id: uuid, new_stock: stock });
export const changePriceInput = z.strictObject({ id: uuid, new_price: price });

interface CreateProduct {
  type: 'CreateProduct';
  data: Omit<Product, 'supplier_name' | 'supplier_version'>;
}

type BusCommand =
  | CreateProduct
  | { type: 'UpdateStock'; data: { id: string; new_stock: number } }
  | { type: 'ChangePrice'; data: { id: string; new_price_minor: number } };

export const productCommands = (db: Db, options?: HandlerOptions<ProductEvent>) => {
  const handle = commandHandler(productStore(db), productDecider, options);
  const suppliers = supplierStore(db);

  /** The event is to be self-contained for ever, so the supplier's name of today goes into it. */
  const embedSupplier = async ({ data }: CreateProduct): Promise<Product> => {
    const { state: supplier, version } = await suppliers.load(data.supplier_id);
    if (supplier === undefined) throw ruleViolated(`There is no supplier ${data.supplier_id}`);
    return { ...data, supplier_name: supplier.name, supplier_version: version };
  };

  return createCommandBus<BusCommand>({
    async CreateProduct(command, context) {
      const data = await embedSupplier(command);
      return handle({ id: uuidv7(), command: { type: 'CreateProduct', data }, isNew: true }, context);
    },
    UpdateStock: (command, context) => handle({ id: command.data.id, command }, context),
    ChangePrice: (command, context) => handle({ id: command.data.id, command }, context),
  });
};

export const supplierCommands = (db: Db, options?: HandlerOptions<SupplierEvent>) => {
  const handle = commandHandler(supplierStore(db), supplierDecider, options);
  return createCommandBus<SupplierCommand>({
    CreateSupplier: (command, context) => handle({ id: uuidv7(), command, isNew: true }, context),
    RenameSupplier: (command, context) => handle({ id: command.data.id, command }, context),
  });
};

/** Takes the commands from the queue of products. */
export const queuedProductCommands = (db: Db, options: HandlerOptions<ProductEvent> = {}) =>
  queuedCommandsHandler<RecordProductView, Product | undefined, ProductEvent>({
    store: productStore(db),
    decider: productDecider,
    target: ({ data }) => data.id,
    merge: mergeViews,
    ...options,
  });
