import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mostItems, type OrderEvent, type OrderItem, orderDecider, totalOf } from '../../lib/orders/order.ts';
import { wordsOf, wordsOfProse } from '../../lib/orders/words.ts';
import { scenarios } from '../support/given.ts';

const { given } = scenarios(orderDecider);
const id = '01900000-0000-7000-8000-000000000000';
const item = (price_minor = 1999, quantity = 1): OrderItem => ({ product_id: 'p-1', quantity, price_minor });
const details = (items: OrderItem[]) => ({ customer_id: 'c-1', items, shipping_address: 'Main Street 5' });
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
  it('is created with its items', () => {
    given()
      .when({ type: 'CreateOrder', data: details([item()]) })
      .thenEvents(created(item()));
  });

  it('has at least one item', () => {
    given()
      .when({ type: 'CreateOrder', data: details([]) })
      .thenError('invalid_input', 'Order must have at least one item');
  });

  it('takes further items, also of the same product', () => {
    given(created()).when(addItem()).thenEvents({ type: 'OrderItemAdded', data: item() });
  });

  it('has a limit of items', () => {
    const full = created(...Array.from({ length: mostItems }, () => item()));
    given(full).when(addItem()).thenError('rule_violated', `An order has at most ${mostItems} items`);
  });

  it('has a total that JSON can carry, to the cent', () => {
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

  it('is shipped once', () => {
    given(created()).when(ship).thenEvents(shipped);
    given(created(), shipped).when(ship).thenNothing();
  });

  it('is cancelled once', () => {
    given(created()).when(cancel).thenEvents(cancelled);
    given(created(), cancelled).when(cancel).thenNothing();
  });

  it('changes no more once shipped or cancelled', () => {
    given(created(), shipped).when(addItem()).thenError('rule_violated');
    given(created(), shipped).when(cancel).thenError('rule_violated', 'A shipped order cannot be cancelled');
    given(created(), cancelled).when(addItem()).thenError('rule_violated');
    given(created(), cancelled).when(ship).thenError('rule_violated');
  });

  it('does not exist before it is created', () => {
    for (const command of [addItem(), ship, cancel]) given().when(command).thenError('not_found');
  });

  it('sums exactly what JavaScript numbers would not', () =>
    fc.assert(
      fc.property(fc.array(anyItem, { minLength: 1, maxLength: 50 }), (items) => {
        const exact = items.reduce((sum, one) => sum + BigInt(one.quantity) * BigInt(one.price_minor), 0n);
        expect(BigInt(totalOf(items))).toBe(exact);
      }),
    ));
});

describe('the words of an order', () => {
  it('are whole words without case, accents and punctuation around them', () => {
    expect(wordsOf('Hauptstraße 5, 50667 KÖLN!')).toEqual(['hauptstraße', '5', '50667', 'koln']);
    expect(wordsOf('SKU-12;sku-12')).toEqual(['sku-12']);
  });

  it('of an address are the parts of a compound too', () => {
    expect(wordsOfProse('Baden-Baden')).toEqual(['baden-baden', 'baden', 'baden']);
  });

  it('of a pattern are its text', () => {
    expect(wordsOf('.*')).toEqual(['.*']);
    expect(wordsOf('(a+)+$')).toEqual(['a']);
  });

  it('are the same of what is written in another form of the same text', () => {
    expect(wordsOf('Café ﬁve')).toEqual(wordsOf('Cafe\u0301 five'));
  });
});
