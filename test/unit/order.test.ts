import * as fc from 'fast-check';
import type { Db } from 'mongodb';
import { describe, expect, test } from 'vitest';
import { upcast } from '../../lib/core/events.ts';
import { searchOrders } from '../../lib/orders/list-queries.ts';
import {
  mostItems,
  type OrderEvent,
  type OrderItem,
  orderDecider,
  orderEvents,
  orderInputs,
  totalOf,
} from '../../lib/orders/order.ts';
import { orderProjection } from '../../lib/orders/projections.ts';
import { getOrder } from '../../lib/orders/queries.ts';
import { endsAt, taken } from '../support/borders.ts';
import { scenarios } from '../support/given.ts';
import { address } from '../support/orders.ts';
import { dayOf, projected } from '../support/projected.ts';

const { given } = scenarios(orderDecider);
const id = '01900000-0000-7000-8000-000000000000';
const item = (price_minor = 1999, quantity = 1): OrderItem => ({ product_id: 'p-1', quantity, price_minor });
const details = (items: OrderItem[]) => ({ customer_id: 'c-1', items, shipping_address: address() });
const created = (...items: OrderItem[]): OrderEvent => ({
  type: 'OrderCreated',
  data: details(items.length > 0 ? items : [item()]),
});
const shipped: OrderEvent = { type: 'OrderShipped', data: {} };
const cancelled: OrderEvent = { type: 'OrderCancelled', data: { reason: 'changed my mind' } };

const addItem = (one = item()) => ({ type: 'AddOrderItem', data: { id, ...one } }) as const;
const ship = { type: 'ShipOrder', data: { id } } as const;
const cancel = { type: 'CancelOrder', data: { id, reason: 'changed my mind' } } as const;

const anyItem = fc.record({
  product_id: fc.constant('p'),
  quantity: fc.integer({ min: 1, max: 1_000 }),
  price_minor: fc.integer({ min: 0, max: 100_000_000 }),
});

describe('an order', () => {
  test('is created with its items', () => {
    given()
      .when({ type: 'CreateOrder', data: details([item()]) })
      .thenEvents(created(item()));
  });

  test('has at least one item', () => {
    given()
      .when({ type: 'CreateOrder', data: details([]) })
      .thenError('invalid_input', 'Order must have at least one item');
  });

  test('takes further items, also of the same product', () => {
    given(created()).when(addItem()).thenEvents({ type: 'OrderItemAdded', data: item() });
  });

  test('has a limit of items', () => {
    const full = created(...Array.from({ length: mostItems }, () => item()));
    given(full).when(addItem()).thenError('rule_violated', `An order has at most ${mostItems} items`);
  });

  test('has a total that JSON can carry, to the cent', () => {
    const most = item(999_999_999_999_998);
    given(created(most))
      .when(addItem(item(1)))
      .thenEvents({ type: 'OrderItemAdded', data: item(1) });
    given(created(most))
      .when(addItem(item(2)))
      .thenError('rule_violated');
    given()
      .when({ type: 'CreateOrder', data: details([item(999_999_999_999_999, 1_000_000)]) })
      .thenError('rule_violated');
  });

  test('is shipped once', () => {
    given(created()).when(ship).thenEvents(shipped);
    given(created(), shipped).when(ship).thenNothing();
  });

  test('is cancelled once', () => {
    given(created()).when(cancel).thenEvents(cancelled);
    given(created(), cancelled).when(cancel).thenNothing();
  });

  test('changes no more once shipped or cancelled', () => {
    given(created(), shipped).when(addItem()).thenError('rule_violated');
    given(created(), shipped).when(cancel).thenError('rule_violated', 'A shipped order cannot be cancelled');
    given(created(), cancelled).when(addItem()).thenError('rule_violated');
    given(created(), cancelled).when(ship).thenError('rule_violated');
  });

  test('does not exist before it is created', () => {
    for (const command of [addItem(), ship, cancel]) given().when(command).thenError('not_found');
  });

  test('sums exactly what JavaScript numbers would not', () =>
    fc.assert(
      fc.property(fc.array(anyItem, { minLength: 1, maxLength: 50 }), (items) => {
        const exact = items.reduce((sum, one) => sum + BigInt(one.quantity) * BigInt(one.price_minor), 0n);
        expect(BigInt(totalOf(items))).toBe(exact);
      }),
    ));
});

describe('an order of the first release', () => {
  const data = { customer_id: 'c-1', items: [item()], shipping_address: 'Main Street 5, Bonn' };
  const stored = {
    event_id: 'e',
    stream_id: `Order-${id}`,
    stream_type: 'Order',
    version: 1,
    type: 'OrderCreated',
    schema_version: 1,
    data,
    metadata: { command_id: 'c', correlation_id: 'r', causation_id: 'c' },
    recorded_at: new Date('2025-01-05T09:30:00.000Z'),
  };

  test('keeps its whole address in the first line, and says that nobody knows the country', () => {
    const today = upcast(orderEvents, stored);
    const shipping_address = { line1: 'Main Street 5, Bonn', city: '', country: 'ZZ' };
    expect(today).toMatchObject({ schema_version: 2, data: { ...data, shipping_address } });
    expect(orderEvents.OrderCreated.data.parse(today.data)).toEqual(today.data);
    expect(stored.data).toEqual(data);
  });
});

describe('the document of an order', () => {
  const times = (...events: OrderEvent[]) => {
    const document = projected(orderProjection, events);
    return ['created_at', 'shipped_at', 'cancelled_at', 'updated_at'].map((name) =>
      Reflect.get(document, name),
    );
  };
  const added: OrderEvent = { type: 'OrderItemAdded', data: item(50, 2) };

  test('has each time of the event that it is the time of', () => {
    expect(times(created())).toEqual([dayOf(1), null, null, dayOf(1)]);
    expect(times(created(), added)).toEqual([dayOf(1), null, null, dayOf(2)]);
    expect(times(created(), added, shipped)).toEqual([dayOf(1), dayOf(3), null, dayOf(3)]);
    expect(times(created(), added, cancelled)).toEqual([dayOf(1), null, dayOf(3), dayOf(3)]);
  });

  test('has the items and their sum, and what else was said of it', () => {
    expect(projected(orderProjection, [created(item(1999, 1)), added])).toMatchObject({
      status: 'created',
      items: [item(1999, 1), item(50, 2)],
      item_count: 2,
      total_minor: 2099,
      cancel_reason: null,
      version: 2,
    });
    expect(projected(orderProjection, [created(), cancelled])).toMatchObject({
      status: 'cancelled',
      cancel_reason: 'changed my mind',
    });
  });

  test('is found by its id, its customer, each product and each part of the address, and not by the country', () => {
    const document = projected(orderProjection, [
      created(),
      { ...added, data: { ...added.data, product_id: 'p-2' } },
    ]);
    const words: unknown = Reflect.get(document, 'words');
    const { country, ...parts } = address();
    expect(words).toEqual(expect.arrayContaining(['one', 'c-1', 'p-1', 'p-2']));
    for (const part of Object.values(parts)) expect(words).toContain(part.toLowerCase().split(' ')[0]);
    expect(words).not.toContain(country.toLowerCase());
  });
});

describe('what a caller may say of an order', () => {
  const line = { product_id: 'p-1', quantity: 1, price: 19.99 };
  const order = { customer_id: 'c-1', items: [line], shipping_address: address() };
  const withAddress = (fields: object) =>
    orderInputs.CreateOrder.safeParse({
      ...order,
      shipping_address: { ...address(), ...fields },
    });

  test('ends at its borders', () => {
    const { CreateOrder, AddOrderItem, CancelOrder } = orderInputs;
    expect(endsAt(CreateOrder, order, 'customer_id', 255)).toBe(true);
    expect(endsAt(AddOrderItem, { id, ...line }, 'product_id', 255)).toBe(true);
    expect(endsAt(CancelOrder, { id }, 'reason', 1_000)).toBe(true);
    const quantities = [0, 1, 1_000_000, 1_000_001, 1.5, '1'];
    expect(taken(AddOrderItem, { id, ...line }, 'quantity', quantities)).toEqual([
      ...[false, true, true, false, false, false],
    ]);
    const items = [0, 1, mostItems, mostItems + 1].map((count) => Array.from({ length: count }, () => line));
    expect(taken(CreateOrder, order, 'items', items)).toEqual([false, true, true, false]);
  });

  test('has an address whose parts end at theirs, and a country in capitals', () => {
    for (const [field, most] of [
      ['line1', 255],
      ['line2', 255],
      ['name', 255],
      ['city', 255],
      ['region', 255],
      ['postal_code', 32],
    ] as const) {
      const lengths = [0, most, most + 1].map(
        (length) => withAddress({ [field]: 'x'.repeat(length) }).success,
      );
      expect(lengths, field).toEqual([false, true, false]);
    }
    expect(withAddress({ country: 'de' }).data?.shipping_address.country).toBe('DE');
    for (const country of ['', 'D', 'DEU', 'D1', ' DE']) expect(withAddress({ country }).success).toBe(false);
  });

  test('is kept in minor units', () => {
    expect(orderInputs.AddOrderItem.parse({ id, ...line })).toEqual({
      ...{ id, product_id: 'p-1', quantity: 1, price_minor: 1999 },
    });
  });
});

test('orders may be searched for texts of up to 200 characters', () => {
  expect(endsAt(searchOrders.input, {}, 'q', 200)).toBe(true);
});

test('an order is read within the time that its caller waits', async () => {
  const asked: unknown[] = [];
  const findOne = async (...given: unknown[]) => {
    asked.push(given);
    return null;
  };
  const readDb = { collection: () => ({ findOne }) } as object as Db;
  const context = { correlationId: 'c', maxTimeMS: 7 };
  expect(await getOrder.handle({ type: 'GetOrderById', data: { id } }, { readDb }, context)).toBeUndefined();
  expect(asked).toEqual([[{ _id: id }, { maxTimeMS: 7 }]]);
});
