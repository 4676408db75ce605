// What befalls the system during a soak, decided by the seed.
import { setTimeout as wait } from 'node:timers/promises';
import { type PartName, partNames } from '../support/system-parts.ts';
import { pick } from './random.ts';

export interface Victim {
  /** Gives whether the part was there to be killed. */
  killPart(name: PartName): boolean;
  killAllAndStart(): Promise<void>;
  endAndStart(): Promise<void>;
}

interface ChaosOptions {
  victim: Victim;
  random(): number;
  goesOn(): boolean;
  log(line: string): void;
}

const pauseMs = { least: 5_000, most: 15_000 };
const lookEveryMs = 100;

const toBlows = (victim: Victim): Record<string, () => Promise<boolean>> => ({
  ...Object.fromEntries(partNames.map((name) => [`kill -9 ${name}`, async () => victim.killPart(name)])),
  'kill -9 all, start': () => victim.killAllAndStart().then(() => true),
  'SIGTERM, start': () => victim.endAndStart().then(() => true),
});

/** Strikes until the load ends. Gives the number of blows by kind. */
export const runChaos = async ({
  victim,
  random,
  goesOn,
  log,
}: ChaosOptions): Promise<Map<string, number>> => {
  const struck = new Map<string, number>();
  const blows = Object.entries(toBlows(victim));
  for (;;) {
    const until = performance.now() + pauseMs.least + random() * (pauseMs.most - pauseMs.least);
    while (performance.now() < until && goesOn()) await wait(lookEveryMs);
    if (!goesOn()) return struck;
    const [kind, strike] = pick(random, blows);
    log(kind);
    if (await strike()) struck.set(kind, (struck.get(kind) ?? 0) + 1);
  }
};
