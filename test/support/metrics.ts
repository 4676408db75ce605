import * as z from 'zod';
import type { Client } from './http.ts';

const count = z.int().min(0);
const lag = z.object({ count, p50_ms: z.number(), p95_ms: z.number(), p99_ms: z.number() });
const report = z.object({
  backlog: z.object({ pending: count, oldest_pending_ms: z.number(), parked: count }),
  subscriptions: z.array(
    z.object({
      subscription: z.string(),
      waiting: count,
      in_flight: count,
      dead_letters: count,
      lag,
      within_contract: z.boolean(),
    }),
  ),
  read_lag_ms: z.number(),
  within_contract: z.boolean(),
});

/** What `GET /metrics` says, in just the shape that it promises. */
export async function readMetrics(http: Client): Promise<z.infer<typeof report>> {
  return report.parse((await http.get('/metrics')).object());
}

/** What it says of one subscription. */
export async function metricsOf(http: Client, subscription: string) {
  const { subscriptions } = await readMetrics(http);
  const found = subscriptions.find((it) => it.subscription === subscription);
  if (!found) throw new Error(`/metrics says nothing of ${subscription}`);
  return found;
}
