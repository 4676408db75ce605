// One command of each kind that the sample domains have. A project without one of them leaves its calls out.
import assert from 'node:assert/strict';
import { ask, ifThere } from './rehearsal.ts';

const made = async (key: string, route: string, body: object, parameters = {}): Promise<string> => {
  const answer = await ask(key, route, parameters, { body });
  assert.ok([200, 201, 202].includes(answer.statusCode), `${route}: ${answer.statusCode} ${answer.body}`);
  return JSON.parse(answer.body).id;
};

/** What was made last, by kind. */
export const ids = new Map<string, string>();

export const writeOnce = async (): Promise<void> => {
  await ifThere('ticketsCommands', async () => {
    const ticket = { customer_id: 'c-1', subject: 'No sound', message: 'The speaker is silent.' };
    ids.set('ticket', await made('ticketsCommands', 'POST /tickets', ticket));
  });
  await ifThere('ordersCommands', async () => {
    const order = {
      customer_id: 'c-1',
      items: [{ product_id: 'p-1', quantity: 1, price: 9.5 }],
      shipping_address: { line1: 'Way 1', city: 'Bonn', country: 'DE' },
    };
    await made('ordersCommands', 'POST /orders', order);
  });
  await ifThere('productsCommands', async () => {
    const supplier_id = await made('productsCommands', 'POST /suppliers', { name: 'Acme' });
    const product = { name: 'Lamp', price: 19.99, cost_price: 7.5, stock: 3, supplier_id };
    const id = await made('productsCommands', 'POST /products', product);
    await made('productsViews', 'POST /products/{id}/views', {}, { id });
  });
  await ifThere('recordsCommands', async () => {
    await made('recordsCommands', 'POST /write', { key: 'a', value: '1' });
  });
};
