// A product: its events, its commands and its rules. Pure. Money is in minor units throughout.
import * as z from 'zod';
import type { CommandOf, Decider } from '../core/decider.ts';
import { notFound } from '../core/errors.ts';
import type { EventOf } from '../core/events.ts';
import { money, moneyJson, optionalText, quantity, requiredText, uuid } from '../core/fields.ts';

const minor = z.int().min(0);
const count = z.int().min(0);

// The first release kept amounts as it was given them, in major units.
const toMinor = (amount: unknown): number => Math.round(Number(amount) * 100);

const createdFromV1 = ({ price, cost_price, ...rest }: Record<string, unknown>) => ({
  ...rest,
  price_minor: toMinor(price),
  cost_price_minor: toMinor(cost_price),
});

// Before version 3 there was no description, and no word of which version of the supplier gave the name.
const createdFromV2 = (data: Record<string, unknown>) => ({ ...data, description: '', supplier_version: 0 });

const priceChangedFromV1 = ({ old_price, new_price }: Record<string, unknown>) => ({
  from_minor: toMinor(old_price),
  to_minor: toMinor(new_price),
});

export const productEvents = {
  ProductCreated: {
    schema_version: 3,
    data: z.object({
      name: z.string(),
      description: z.string(),
      price_minor: minor,
      cost_price_minor: minor,
      stock: count,
      supplier_id: z.string(),
      supplier_name: z.string(),
      supplier_version: z.int().min(0),
    }),
    upcasts: { 1: createdFromV1, 2: createdFromV2 },
  },
  StockUpdated: { schema_version: 1, data: z.object({ from: count, to: count }) },
  PriceChanged: {
    schema_version: 2,
    data: z.object({ from_minor: minor, to_minor: minor }),
    upcasts: { 1: priceChangedFromV1 },
  },
  /** Written by earlier releases; today views are counted apart (product-views.ts). */
  ProductViewed: { schema_version: 1, data: z.object({ count: z.int().min(1) }) },
};

export type ProductEvent = EventOf<typeof productEvents>;
export type ProductEventType = ProductEvent['type'];

/** A product is what it was created as, with the changes since. */
export const productState = productEvents.ProductCreated.data;

export type Product = z.infer<typeof productState>;

const mostMinor = 999_999_999_999;

const costPrice = money
  .pipe(z.int().max(mostMinor, { error: 'is too much' }))
  .meta({ json: { ...moneyJson, maximum: mostMinor / 100 } });
const price = costPrice
  .pipe(z.int().min(1, { error: 'must be above 0' }))
  .meta({ json: { ...moneyJson, minimum: 0.01, maximum: mostMinor / 100 } });
const stock = quantity(0, 1_000_000_000);

/** What each command needs to be told. Amounts are in major units at the edge, and in minor units within. */
export const productInputs = {
  CreateProduct: z
    .strictObject({
      name: requiredText(255),
      description: optionalText(10_000).default(''),
      price,
      cost_price: costPrice,
      stock,
      supplier_id: uuid,
    })
    .transform(({ price: price_minor, cost_price: cost_price_minor, ...rest }) => ({
      ...rest,
      price_minor,
      cost_price_minor,
    })),
  UpdateStock: z.strictObject({ id: uuid, new_stock: stock }),
  ChangePrice: z
    .strictObject({ id: uuid, new_price: price })
    .transform(({ id, new_price: new_price_minor }) => ({ id, new_price_minor })),
};

/** Commands as callers know them, but that a product is created with what its supplier lends it. */
export type ProductCommand =
  | { type: 'CreateProduct'; data: Product }
  | CommandOf<Omit<typeof productInputs, 'CreateProduct'>>;

const decide = (command: ProductCommand, product: Product | undefined): ProductEvent[] => {
  if (command.type === 'CreateProduct') return [{ type: 'ProductCreated', data: command.data }];
  if (product === undefined) throw notFound('Product', command.data.id);
  switch (command.type) {
    case 'UpdateStock': {
      const { new_stock: to } = command.data;
      return product.stock === to ? [] : [{ type: 'StockUpdated', data: { from: product.stock, to } }];
    }
    case 'ChangePrice': {
      const { price_minor: from_minor } = product;
      const { new_price_minor: to_minor } = command.data;
      return from_minor === to_minor ? [] : [{ type: 'PriceChanged', data: { from_minor, to_minor } }];
    }
  }
};

const evolve = (product: Product | undefined, event: ProductEvent): Product | undefined => {
  if (event.type === 'ProductCreated') return event.data;
  if (product === undefined) return undefined;
  switch (event.type) {
    case 'StockUpdated':
      return { ...product, stock: event.data.to };
    case 'PriceChanged':
      return { ...product, price_minor: event.data.to_minor };
    case 'ProductViewed':
      return product;
  }
};

export const productDecider: Decider<ProductCommand, Product | undefined, ProductEvent> = {
  initialState: undefined,
  decide,
  evolve,
};
