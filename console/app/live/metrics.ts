// What GET /metrics says, asked once for the whole page, and the last five minutes of it.
import { useEffect } from 'preact/hooks';
import { get } from '../api/client.ts';
import type { Metrics } from '../api/types.ts';
import { cell } from './cell.ts';
import { usePoll } from './poll.ts';

export const historyMs = 5 * 60_000;

export interface Sample {
  at: number;
  metrics: Metrics;
}

export const metrics = cell<Metrics | undefined>(undefined);

/** Oldest first. */
export const samples = cell<readonly Sample[]>([]);

const remember = (data: Metrics): void => {
  const at = Date.now();
  const recent = samples.get().filter((one) => at - one.at <= historyMs);
  samples.set([...recent, { at, metrics: data }]);
  metrics.set(data);
};

export const useMetrics = (everyMs: number): void => {
  const { data } = usePoll(
    'metrics',
    (signal) => get<Metrics>('/metrics', {}, signal),
    () => everyMs,
  );
  useEffect(() => {
    if (data !== undefined) remember(data);
  }, [data]);
};
