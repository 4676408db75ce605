// What the relay that holds the lease says of what it owes, three times a minute, and a relay that sleeps again at once
// when it looks. Who says nothing for minutes is not there: an alarm goes by that too.

import { emitMetrics } from './metrics.ts';
import { writeDb } from './mongo.ts';
import { measureBacklog } from './observe.ts';

const everyMs = 20_000;

/** `beat` may be called at any time, and often; `settled` resolves when nothing is being measured. */
export const createHeartbeat = (functionName: string) => {
  let nextAt = 0;
  let measuring: Promise<void> = Promise.resolve();
  const measure = async (): Promise<void> => {
    const { pending, oldest_pending_ms } = await measureBacklog(writeDb());
    emitMetrics(functionName, { Backlog: pending, OldestPendingMs: oldest_pending_ms });
  };
  return {
    beat(): void {
      if (performance.now() < nextAt) return;
      nextAt = performance.now() + everyMs;
      // A beat that fails is one that is missing, as it should be.
      measuring = measure().catch(() => undefined);
    },
    settled: (): Promise<void> => measuring,
  };
};
