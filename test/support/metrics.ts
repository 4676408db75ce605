import type * as z from 'zod';
import { metrics } from '../../lib/platform/ops/schemas/figures.ts';
import type { Client } from './http.ts';

/** What `GET /metrics` says, in just the shape that it promises. */
export const readMetrics = async (http: Client): Promise<z.infer<typeof metrics>> => {
  return metrics.parse((await http.get('/metrics')).object());
};

/** What it says of one subscription. */
export const metricsOf = async (http: Client, subscription: string) => {
  const { subscriptions } = await readMetrics(http);
  const found = subscriptions.find((it) => it.subscription === subscription);
  if (!found) throw new Error(`/metrics says nothing of ${subscription}`);
  return found;
};
