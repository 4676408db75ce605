// Commands on a fixed timetable, whether or not earlier ones have been answered.
import { setTimeout as wait } from 'node:timers/promises';
import { percentile } from '../measure.ts';

/** How many calls are under way at most: as many containers as one has. What comes beyond is refused at once. */
export const containers = 64;

export interface Answers {
  sent: number;
  /** Answered with success. */
  taken: number;
  /** Refused by status; 429 is the gateway's own. */
  refused: Record<string, number>;
  p50Ms: number;
  p99Ms: number;
}

/** `send` gives the status. */
export const sendAt = async (
  perSecond: number,
  seconds: number,
  send: () => Promise<number>,
): Promise<Answers> => {
  const total = Math.round(perSecond * seconds);
  const underWay = new Set<Promise<void>>();
  const latencies: number[] = [];
  const refused: Record<string, number> = {};
  const count = (status: number | string): void => {
    refused[status] = (refused[status] ?? 0) + 1;
  };
  const one = async (): Promise<void> => {
    const at = performance.now();
    const status = await send().catch(() => 500);
    latencies.push(performance.now() - at);
    if (status >= 300) count(status);
  };
  const started = performance.now();
  for (let sent = 0; sent < total; ) {
    const due = Math.min(total, Math.ceil(((performance.now() - started) * perSecond) / 1_000));
    for (; sent < due; sent += 1) {
      if (underWay.size >= containers) {
        count(429);
        continue;
      }
      const calling: Promise<void> = one().finally(() => underWay.delete(calling));
      underWay.add(calling);
    }
    await wait(1);
  }
  await Promise.all(underWay);
  const refusals = Object.values(refused).reduce((sum, many) => sum + many, 0);
  return {
    sent: total,
    taken: total - refusals,
    refused,
    p50Ms: percentile(latencies, 0.5),
    p99Ms: percentile(latencies, 0.99),
  };
};
