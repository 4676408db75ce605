// Figures that several answers have.
import * as z from 'zod';

const count = z.int().min(0);
const milliseconds = z.number().min(0);

export const lagReport = z.strictObject({
  count,
  p50_ms: milliseconds,
  p95_ms: milliseconds,
  p99_ms: milliseconds,
});

export const backlogReport = z.strictObject({
  pending: count,
  oldest_pending_ms: milliseconds,
  parked: count,
});
