import { expect, test } from 'vitest';
import { aggregate, mendAnswer } from '../../lib/platform/ops/schemas/aggregate.ts';
import { createProduct } from '../support/products-http.ts';
import { useSystem } from '../support/system.ts';
import { waitFor } from '../support/wait-for.ts';

const system = useSystem();
const collection = (name: string) => system().read.collection<{ _id: string }>(name);

test('an operator sees an audit row and an alert that somebody altered beside what they should be, and mends them', async () => {
  const { http } = system();
  const { id } = await createProduct(http, { stock: 3 });
  const path = `/ops/aggregates/Product-${id}`;
  const look = async () => aggregate.parse((await http.get(path)).object());
  const wrong = async () =>
    (await look()).documents
      .filter(({ differing }) => differing.length > 0)
      .map((document) => [document.projection, document.id, document.stored === null]);
  await waitFor(
    'every subscriber',
    async () => (await look()).missing.length === 0 && (await wrong()).length === 0,
  );
  const alertId = `${id}@1`;
  const alert = await collection('low_stock_alerts').findOne({ _id: alertId });
  const row = await collection('product_audit_log').findOne({ stream_id: `Product-${id}` });
  expect(alert).not.toBeNull();
  expect((await look()).documents.map((document) => document.projection)).toEqual([
    'product-cards',
    'product-details',
    'products-audit-log',
    'products-low-stock-watch',
    'products-low-stock-alert',
  ]);
  await collection('low_stock_alerts').deleteOne({ _id: alertId });
  await collection('product_audit_log').updateOne({ _id: row?._id ?? '' }, { $set: { type: 'Nonsense' } });
  expect(await wrong()).toEqual([
    ['products-audit-log', row?._id, false],
    ['products-low-stock-alert', alertId, true],
  ]);
  const answer = await http.post(`${path}/mend`);
  expect(answer.status, answer.text).toBe(200);
  expect(mendAnswer.parse(answer.object())).toMatchObject({ mended: 2, documents_left_out: 0 });
  expect(await wrong()).toEqual([]);
  expect(await collection('low_stock_alerts').findOne({ _id: alertId })).toEqual(alert);
  expect(await collection('product_audit_log').findOne({ _id: row?._id ?? '' })).toEqual(row);
});
