// What happens when the load is over: the system works off what it owes, and says what a replay would change.
import * as z from 'zod';
import { invokeFunction } from '../support/invoke.ts';
import { waitFor } from '../support/wait-for.ts';

const depth = z.object({
  waiting: z.number().nullable(),
  in_flight: z.number().nullable(),
  dead_letters: z.number().nullable(),
});
const metrics = z.object({
  backlog: z.object({ pending: z.number(), parked: z.number() }),
  subscriptions: z.array(depth),
  command_queues: z.array(depth),
});

const drift = z.array(
  z.object({
    projection: z.string(),
    altered: z.number(),
    missing: z.number(),
    surplus: z.number(),
    failed: z.number(),
    done: z.boolean(),
  }),
);
export type Drift = z.infer<typeof drift>[number];

const drainWithinMs = 180_000;

/** Waits until nothing is owed; gives the number of dead letters and parked events. Throws if it takes too long. */
export const drain = async (url: string): Promise<{ deadLetters: number; parked: number }> => {
  let deadLetters = 0;
  let parked = 0;
  await waitFor(
    'an empty backlog and empty queues',
    async () => {
      const report = metrics.parse(await (await fetch(`${url}/metrics`)).json());
      const queues = [...report.subscriptions, ...report.command_queues];
      deadLetters = queues.reduce((sum, queue) => sum + (queue.dead_letters ?? 0), 0);
      parked = report.backlog.parked;
      const owed = queues.map(({ waiting, in_flight }) => (waiting ?? 1) + (in_flight ?? 1));
      const rest = owed.reduce((sum, one) => sum + one, report.backlog.pending);
      if (rest > 0) throw new Error(`${report.backlog.pending} pending, queues ${owed.join(' ')}`);
      return true;
    },
    { timeoutMs: drainWithinMs, everyMs: 250 },
  );
  return { deadLetters, parked };
};

/** Of each projection, what a rebuild would put right. */
export const measureDrift = async (lambdaUrl: string): Promise<Drift[]> =>
  drift.parse(await invokeFunction(lambdaUrl, 'rebuild', { dry_run: true }));
