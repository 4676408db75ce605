import { expect, test } from 'vitest';
import type { ReadDocument } from '../../lib/core/projection/projection.ts';
import { type ProductEvent, productEvents } from '../../lib/products/product.ts';
import { type Alert, type StockWatch, watchStock } from '../../lib/products/stock-watch.ts';
import { dayOf, recordedDaily } from '../support/projected.ts';

const created = (stock: number): ProductEvent => ({
  type: 'ProductCreated',
  data: {
    ...{ name: 'Lamp', description: '', price_minor: 100, cost_price_minor: 50, stock },
    ...{ supplier_id: 's', supplier_name: 'Acme', supplier_version: 1 },
  },
});
const changed = (from: number, to: number): ProductEvent => ({ type: 'StockUpdated', data: { from, to } });

/** Follows the events; gives the last state, and the documents by the versions that opened them. */
const follow = (events: ProductEvent[], threshold: (version: number) => number = () => 10) => {
  const documents = new Map<number, object>();
  let watch: StockWatch | undefined;
  for (const event of recordedDaily({ streamType: 'Product', eventTypes: productEvents }, events)) {
    const { state, document } = watchStock(watch, event, threshold(event.version));
    watch = state;
    if (document !== undefined) documents.set(document.opened, document.content);
  }
  return { watch, documents };
};

test('an alert has the time and the event that opened it, and the time at which it was closed', () => {
  const { documents } = follow([
    created(50),
    changed(50, 10),
    changed(10, 3),
    changed(3, 11),
    changed(11, 0),
  ]);
  expect([...documents]).toEqual([
    [
      2,
      {
        ...{ event_id: 'event-2', product_id: 'one', name: 'Lamp', threshold: 10, stock: 11 },
        ...{ state: 'closed', opened_at: dayOf(2), closed_at: dayOf(4) },
      },
    ],
    [
      5,
      {
        ...{ event_id: 'event-5', product_id: 'one', name: 'Lamp', threshold: 10, stock: 0 },
        ...{ state: 'open', opened_at: dayOf(5), closed_at: null },
      },
    ],
  ] satisfies [number, Alert][]);
});

test('a stock that was low before the threshold was raised opens no alert, until it has been above it', () => {
  const raised = (version: number) => (version < 3 ? 10 : 30);
  expect(follow([created(50), changed(50, 20), changed(20, 15)], raised).documents.size).toBe(0);
  expect(follow([created(20), changed(20, 20), changed(20, 40)], raised).documents.size).toBe(0);
  const { watch } = follow([created(9), changed(9, 8)], (version) => (version === 1 ? 5 : 10));
  expect(watch).toEqual({ name: 'Lamp', stock: 8, open: null } satisfies
    | StockWatch
    | ReadDocument<StockWatch>);
});

test('a stock of which the beginning is unknown is an error, and so is what does not change it', () => {
  const [, change] = recordedDaily({ streamType: 'Product', eventTypes: productEvents }, [
    created(5),
    changed(5, 4),
  ]);
  expect(() => change && watchStock(undefined, change, 10)).toThrow('does not begin with ProductCreated');
  const [viewed] = recordedDaily({ streamType: 'Product', eventTypes: productEvents }, [
    { type: 'ProductViewed', data: { count: 1 } } as ProductEvent,
  ]);
  expect(() => viewed && watchStock(undefined, viewed, 10)).toThrow('not changed by ProductViewed');
});
