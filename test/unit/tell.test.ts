import { expect, test } from 'vitest';
import type { RecordedEvent } from '../../lib/core/events.ts';
import { resources } from '../../lib/platform/resources.ts';
import { linesOf } from '../support/lines.ts';

const event: RecordedEvent = {
  event_id: 'e-1',
  stream_id: 'Product-p',
  stream_type: 'Product',
  version: 2,
  type: 'StockUpdated',
  schema_version: 1,
  data: {},
  metadata: { command_id: 'c', correlation_id: 'the request', causation_id: 'c' },
  recorded_at: new Date(0),
};

test('an alert is a line of the log and a metric, each with the correlation id of its request', async () => {
  const lines = await linesOf(() =>
    resources.tell('products-low-stock-alert', 'stock is low', event, { stock: 3 }),
  );
  const told = { correlation_id: 'the request', subscription: 'products-low-stock-alert' };
  expect(lines).toEqual([
    expect.objectContaining({ ...told, level: 'WARN', message: 'stock is low', event_id: 'e-1', stock: 3 }),
    expect.objectContaining({ ...told, effect: 'stock is low', EffectsFired: 1 }),
  ]);
});
