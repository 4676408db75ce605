// Lag on a scale by powers of ten, from 1 ms to 100 s: a bar from p50 to p95, a hair to p99, and the contract's limit.
import type { Metrics } from '../../api/types.ts';

const decades = 5;

interface LagScaleProps {
  lag: Metrics['subscriptions'][number]['lag'];
  limitMs: number;
  x: number;
  y: number;
  width: number;
}

export const LagScale = ({ lag, limitMs, x, y, width }: LagScaleProps) => {
  const at = (ms: number): number =>
    (Math.min(decades, Math.max(0, Math.log10(Math.max(1, ms)))) / decades) * width;
  const isLate = lag.p99_ms > limitMs;
  return (
    <g class={`lag-scale ${isLate ? 'is-late' : ''}`} transform={`translate(${x} ${y})`}>
      <path class="lag-ground" d={`M0 0H${width}`} />
      {Array.from({ length: decades + 1 }, (_, power) => (
        <path key={power} class="lag-tick" d={`M${(power / decades) * width} -2v4`} />
      ))}
      <path class="lag-hair" d={`M${at(lag.p95_ms)} 0H${Math.max(at(lag.p99_ms), at(lag.p95_ms) + 1)}`} />
      <rect
        class="lag-bar"
        x={at(lag.p50_ms) - 1}
        y="-3"
        width={Math.max(3, at(lag.p95_ms) - at(lag.p50_ms))}
        height="6"
        rx="1.5"
      />
      <path class="lag-limit" d={`M${at(limitMs)} -6v12`} />
    </g>
  );
};
