// What one contender works on, and what each of its processes is asked.
import * as z from 'zod';

export const domainNames = ['tickets', 'products', 'records'] as const;

export const settingSchema = z.object({
  contender: z.enum(['ours', 'floor', 'peer']),
  domain: z.enum(domainNames),
  stage: z.string(),
  writeUrl: z.string(),
  readUrl: z.string(),
  sqsEndpoint: z.string(),
});
export type Setting = z.infer<typeof settingSchema>;

/** A process of a contender: sends commands, or has something to do by itself, or both. */
export interface Stage {
  /** One command; gives its status. */
  send?(): Promise<number>;
  /** Deliveries so far, and their lags since last asked. */
  total?(): number;
  take?(): { deliveries: number; p50Ms: number; p99Ms: number };
}

export type OpenStage = (setting: Setting) => Promise<Stage>;

/** Each event of these domains goes to so many subscribers. */
export const subscribersOf = { tickets: 1, products: 3, records: 1 } as const;

/** One of the last few thousand that were made. */
export const createPool = (most = 5_000) => {
  const ids: string[] = [];
  return {
    add(id: string): void {
      if (ids.length < most) ids.push(id);
      else ids[Math.floor(Math.random() * most)] = id;
    },
    any: (): string | undefined => ids[Math.floor(Math.random() * ids.length)],
  };
};

/** Half of all commands make something new. */
export const makesNew = (): boolean => Math.random() < 0.5;

export const text = 'It burns. '.repeat(20);
