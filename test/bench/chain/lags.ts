// How long after its time an event was visible, for each delivery to each subscriber.
import { percentile } from '../measure.ts';

export interface Lags {
  deliveries: number;
  p50Ms: number;
  p99Ms: number;
}

export const createLags = () => {
  const state = { lags: [] as number[], total: 0 };
  return {
    /** Told when the effect is stored. */
    seen(recordedAt: number): void {
      state.lags.push(Date.now() - recordedAt);
      state.total += 1;
    },
    /** All deliveries since the process began. */
    total: (): number => state.total,
    /** Those since the last time. */
    take(): Lags {
      const lags = state.lags;
      state.lags = [];
      return { deliveries: lags.length, p50Ms: percentile(lags, 0.5), p99Ms: percentile(lags, 0.99) };
    },
  };
};
