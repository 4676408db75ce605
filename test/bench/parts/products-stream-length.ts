// The same command on a stream of 10,000 events and on one of 100.
import { v7 as uuidv7 } from 'uuid';
import { handler } from '../../../functions/products/commands.ts';
import type { ProductEvent } from '../../../lib/products/product.ts';
import { productDecider } from '../../../lib/products/product.ts';
import { productStore } from '../../../lib/products/store.ts';
import type { Part } from '../context.ts';
import { inTurn, load, ratioOf } from '../measure.ts';
import { both } from '../report.ts';
import { contextOf, requestOf } from '../requests.ts';

const roundMs = 1_000;
const atOnce = 100;
const context = contextOf('productsCommands');

export const run: Part = async ({ writeDb, order }) => {
  const store = productStore(writeDb);
  const metadata = { command_id: 'seed', correlation_id: 'seed', causation_id: 'seed' };
  const created: ProductEvent = {
    type: 'ProductCreated',
    data: {
      name: 'Lamp',
      description: '',
      price_minor: 1_999,
      cost_price_minor: 900,
      stock: 50,
      supplier_id: 'supplier',
      supplier_name: 'Supplier',
      supplier_version: 1,
    },
  };
  const streamOf = async (length: number): Promise<string> => {
    const id = uuidv7();
    for (let version = 0; version < length; version += atOnce) {
      const events = Array.from({ length: atOnce }, (_, index): ProductEvent => {
        const from = 50 + ((version + index) % 2);
        return version + index === 0 ? created : { type: 'StockUpdated', data: { from, to: 101 - from } };
      });
      const loaded = await store.load(id);
      const next = events.reduce(productDecider.evolve, loaded.state);
      await store.append(id, { from: loaded, next, events, metadata, commands: [] });
    }
    return id;
  };
  let stock = 1;
  const command = (id: string) => async (): Promise<void> => {
    stock = stock === 1 ? 2 : 1;
    const request = requestOf('PATCH /products/{id}/stock', { id, body: { new_stock: 100 + stock } });
    const { statusCode } = await handler(request, context);
    if (statusCode !== 200) throw new Error(`answered ${statusCode}`);
  };
  const [short, long] = [await streamOf(100), await streamOf(10_000)];
  const found = await inTurn(order.rounds, {
    long: () => load(1, roundMs, command(long)),
    short: () => load(1, roundMs, command(short)),
  });
  const ratio = ratioOf(found.long, found.short, 'p50Ms');
  return [
    {
      what: 'command on a stream of 10,000 events',
      measured: both(found.long),
      against: `the same at 100: ${both(found.short)}`,
      ratio,
      reach: '≤ 1.5 (of p50)',
      reached: ratio <= 1.5,
      figures: found,
    },
  ];
};
