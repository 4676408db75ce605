// Load and its figures: throughput, and latency as a caller sees it.
import { cpus } from 'node:os';
import { setTimeout as wait } from 'node:timers/promises';

export interface Load {
  perSecond: number;
  p50Ms: number;
  p99Ms: number;
}

export const median = (values: number[]): number =>
  values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)] ?? Number.NaN;

export const percentile = (values: number[], share: number): number =>
  values.toSorted((one, other) => one - other)[Math.ceil(values.length * share) - 1] ?? Number.NaN;

/** So many callers at once, each with its next call when the last one has answered. */
export const load = async (callers: number, ms: number, work: () => Promise<unknown>): Promise<Load> => {
  const latencies: number[] = [];
  const started = performance.now();
  const until = started + ms;
  const caller = async (): Promise<void> => {
    for (let at = performance.now(); at < until; ) {
      await work();
      const now = performance.now();
      latencies.push(now - at);
      at = now;
    }
  };
  await Promise.all(Array.from({ length: callers }, caller));
  const seconds = (performance.now() - started) / 1_000;
  return {
    perSecond: latencies.length / seconds,
    p50Ms: percentile(latencies, 0.5),
    p99Ms: percentile(latencies, 0.99),
  };
};

/** The rate of a job that does `count` things. */
export const rate = async (count: number, job: () => Promise<unknown>): Promise<Load> => {
  const started = performance.now();
  await job();
  const ms = performance.now() - started;
  return { perSecond: (count * 1_000) / ms, p50Ms: ms / count, p99Ms: ms / count };
};

/** The median of each figure, and what each round gave. */
export interface Rounds extends Load {
  all: Load[];
}

/** All contenders in turn, so many times, after one round that does not count. */
export const inTurn = async <K extends string>(
  rounds: number,
  contenders: Record<K, () => Promise<Load>>,
): Promise<Record<K, Rounds>> => {
  const names = Object.keys(contenders) as K[];
  const results = new Map<K, Load[]>(names.map((name) => [name, []]));
  for (let round = 0; round <= rounds; round += 1) {
    // The one that begins changes: what one leaves behind must not always meet the same next.
    const order = names.map((_, index) => names[(index + round) % names.length] as K);
    for (const name of order) {
      const result = await contenders[name]();
      if (round > 0) results.get(name)?.push(result);
    }
  }
  const summaries = names.map((name): [K, Rounds] => {
    const all = results.get(name) ?? [];
    const of = (figure: keyof Load) => median(all.map((one) => one[figure]));
    return [name, { perSecond: of('perSecond'), p50Ms: of('p50Ms'), p99Ms: of('p99Ms'), all }];
  });
  return Object.fromEntries(summaries) as Record<K, Rounds>;
};

/** The median of the rounds' ratios: what a slow minute of the machine does to one, it does to its neighbour too. */
export const ratioOf = (one: Rounds, other: Rounds, figure: keyof Load = 'perSecond'): number =>
  median(one.all.map((load, round) => load[figure] / (other.all[round]?.[figure] ?? Number.NaN)));

/**
 * How far the middle half of the rounds lies apart, as a share of their median: what the machine did, not the contender.
 * Undefined for fewer rounds than three.
 */
export const spreadOf = ({ all }: Rounds): number | undefined => {
  const rates = all.map(({ perSecond }) => perSecond);
  if (rates.length < 3) return undefined;
  return (percentile(rates, 0.75) - percentile(rates, 0.25)) / median(rates);
};

/** The share of the processors that is at work during so long, in which this process does nothing. */
export const busyShare = async (ms: number): Promise<number> => {
  const times = () => {
    const all = cpus().flatMap(({ times }) => Object.entries(times));
    const sum = (entries: [string, number][]) => entries.reduce((total, [, time]) => total + time, 0);
    return { all: sum(all), idle: sum(all.filter(([kind]) => kind === 'idle')) };
  };
  const before = times();
  await wait(ms);
  const after = times();
  return 1 - (after.idle - before.idle) / (after.all - before.all);
};

/** Calls `work` for every item, `lanes` at a time. */
export const inLanes = async <T>(
  items: T[],
  lanes: number,
  work: (item: T) => Promise<unknown>,
): Promise<void> => {
  const left = items.values();
  const lane = async (): Promise<void> => {
    for (const item of left) await work(item);
  };
  await Promise.all(Array.from({ length: lanes }, lane));
};

export const chunks = <T>(items: T[], size: number): T[][] =>
  Array.from({ length: Math.ceil(items.length / size) }, (_, index) =>
    items.slice(index * size, (index + 1) * size),
  );
