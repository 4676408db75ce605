import { describe, expect, test } from 'vitest';
import { type RecordedEvent, upcast } from '../../lib/core/events.ts';
import {
  type Product,
  type ProductCommand,
  type ProductEvent,
  productDecider,
  productEvents,
  productInputs,
} from '../../lib/products/product.ts';
import { mergeViews, productViewsDecider } from '../../lib/products/product-views.ts';
import { endsAt, taken } from '../support/borders.ts';
import { scenarios } from '../support/given.ts';

const lamp: Product = {
  name: 'Lamp',
  description: 'Bright',
  price_minor: 1999,
  cost_price_minor: 750,
  stock: 50,
  supplier_id: 's-1',
  supplier_name: 'Acme',
  supplier_version: 1,
};
const created: ProductEvent = { type: 'ProductCreated', data: lamp };
const { given } = scenarios(productDecider);
const setStock = (new_stock: number): ProductCommand => ({
  type: 'UpdateStock',
  data: { id: 'p', new_stock },
});
const setPrice = (new_price_minor: number): ProductCommand => ({
  type: 'ChangePrice',
  data: { id: 'p', new_price_minor },
});
const view = (count: number) => ({ type: 'RecordProductView' as const, data: { id: 'p', count } });

describe('a product', () => {
  test('begins with all that is known of it, the name of its supplier included', () => {
    given().when({ type: 'CreateProduct', data: lamp }).thenEvents(created);
  });

  test('keeps the stock before and after', () => {
    given(created)
      .when(setStock(5))
      .thenEvents({ type: 'StockUpdated', data: { from: 50, to: 5 } });
  });

  test('keeps the price before and after, in minor units', () => {
    given(created)
      .when(setPrice(10))
      .thenEvents({ type: 'PriceChanged', data: { from_minor: 1999, to_minor: 10 } });
  });

  test('compares with the last change, not with the first value', () => {
    const fewer: ProductEvent = { type: 'StockUpdated', data: { from: 50, to: 5 } };
    given(created, fewer).when(setStock(5)).thenNothing();
    given(created, fewer)
      .when(setStock(50))
      .thenEvents({ type: 'StockUpdated', data: { from: 5, to: 50 } });
  });

  test('changes nothing when set to what it is', () => {
    given(created).when(setStock(50)).thenNothing();
    given(created).when(setPrice(1999)).thenNothing();
  });

  test('is as it was after the views that earlier releases counted in its stream', () => {
    const viewed: ProductEvent = { type: 'ProductViewed', data: { count: 3 } };
    given(created, viewed).when(setStock(50)).thenNothing();
  });

  test('is not changed before it exists', () => {
    given().when(setStock(1)).thenError('not_found');
    given().when(setPrice(1)).thenError('not_found');
  });
});

test('the views of a product are counted in one event, however many', () => {
  const views = scenarios(productViewsDecider);
  views
    .given()
    .when(view(7))
    .thenEvents({ type: 'ProductViewsCounted', data: { count: 7 } });
  const counted = { type: 'ProductViewsCounted', data: { count: 7 } } as const;
  expect(productViewsDecider.evolve({ view_count: 5 }, counted)).toEqual({ view_count: 12 });
});

test('views of one product merge into one that counts them all', () => {
  expect(mergeViews([view(1), view(3), view(1)])).toEqual([view(5)]);
});

/** Rows as the releases of their time wrote them. */
const stored = (type: string, schema_version: number, data: object): RecordedEvent => ({
  event_id: '018c2f6e-0000-7000-8000-000000000001',
  stream_id: 'Product-018c2f6e-0000-7000-8000-000000000000',
  stream_type: 'Product',
  version: 1,
  type,
  schema_version,
  data,
  metadata: { command_id: 'c', correlation_id: 'r', causation_id: 'c' },
  recorded_at: new Date('2024-01-05T09:30:00.000Z'),
});

describe('an event of an older release', () => {
  const first = {
    name: 'Lamp',
    price: 19.99,
    cost_price: 7.5,
    stock: 50,
    supplier_id: 's-1',
    supplier_name: 'Acme',
  };
  const today = { ...lamp, description: '', supplier_version: 0 };

  test('has its amounts in minor units, to the cent', () => {
    expect(upcast(productEvents, stored('ProductCreated', 1, first)).data).toEqual(today);
    const changed = upcast(productEvents, stored('PriceChanged', 1, { old_price: 19.99, new_price: 4.35 }));
    expect(changed).toMatchObject({ schema_version: 2, data: { from_minor: 1999, to_minor: 435 } });
  });

  test('has a description and a version of its supplier from version 3 on', () => {
    const { price, cost_price, ...rest } = first;
    const second = { ...rest, price_minor: 1999, cost_price_minor: 750 };
    expect(upcast(productEvents, stored('ProductCreated', 2, second)).data).toEqual(today);
  });

  test('stays as it was stored', () => {
    const row = stored('ProductCreated', 1, first);
    const before = structuredClone(row);
    upcast(productEvents, row);
    expect(row).toEqual(before);
  });

  test('fits the schema of today', () => {
    const { data } = upcast(productEvents, stored('ProductCreated', 1, first));
    expect(productEvents.ProductCreated.data.parse(data)).toEqual(data);
  });

  test('of a newer release is refused, not guessed', () => {
    expect(() => upcast(productEvents, stored('PriceChanged', 3, {}))).toThrow('newer than this code');
  });
});

test('what a caller may say of a product ends at its borders, and is kept in minor units', () => {
  const { CreateProduct, UpdateStock, ChangePrice } = productInputs;
  const id = '01900000-0000-7000-8000-000000000000';
  const whole = { name: 'Lamp', price: 19.99, cost_price: 7.5, stock: 3, supplier_id: id };
  expect(CreateProduct.parse(whole)).toEqual({
    ...{ name: 'Lamp', description: '', price_minor: 1999, cost_price_minor: 750, stock: 3, supplier_id: id },
  });
  expect(endsAt(CreateProduct, whole, 'name', 255)).toBe(true);
  expect(endsAt(CreateProduct, whole, 'description', 10_000, 0)).toBe(true);
  const amounts = [0, 0.01, 9_999_999_999.99, 10_000_000_000, 0.001, -1];
  const above0 = [false, true, true, false, false, false];
  expect(taken(CreateProduct, whole, 'price', amounts)).toEqual(above0);
  expect(taken(ChangePrice, { id }, 'new_price', amounts)).toEqual(above0);
  expect(taken(CreateProduct, whole, 'cost_price', amounts)).toEqual([true, ...above0.slice(1)]);
  const counts = [-1, 0, 1_000_000_000, 1_000_000_001, 0.5];
  for (const [schema, valid, field] of [
    [CreateProduct, whole, 'stock'],
    [UpdateStock, { id }, 'new_stock'],
  ] as const)
    expect(taken(schema, valid, field, counts)).toEqual([false, true, true, false, false]);
});
