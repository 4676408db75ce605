import { beforeEach, expect, test, vi } from 'vitest';
import { createHeartbeat } from '../../lib/platform/heartbeat.ts';

const given = vi.hoisted(() => ({
  measure: async (): Promise<object> => ({}),
  emitted: [] as unknown[],
}));
vi.mock('../../lib/platform/observe.ts', () => ({ measureBacklog: () => given.measure() }));
vi.mock('../../lib/platform/metrics.ts', () => ({
  emitMetrics: (...line: unknown[]) => given.emitted.push(line),
}));
vi.mock('../../lib/platform/mongo.ts', () => ({ writeDb: () => ({}) }));

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['performance'] });
  Object.assign(given, {
    emitted: [],
    measure: async () => ({ pending: 3, oldest_pending_ms: 1_200, parked: 7 }),
  });
  return () => vi.useRealTimers();
});

test('a relay says three times a minute what it owes, and at once when it begins', async () => {
  const heart = createHeartbeat('relay');
  for (let second = 0; second < 60; second += 1) {
    heart.beat();
    vi.advanceTimersByTime(1_000);
  }
  await heart.settled();
  expect(given.emitted).toEqual(
    Array.from({ length: 3 }, () => ['relay', { Backlog: 3, OldestPendingMs: 1_200 }]),
  );
});

test('a relay that cannot say what it owes says nothing, and goes on', async () => {
  given.measure = () => Promise.reject(new Error('away'));
  const heart = createHeartbeat('relay');
  heart.beat();
  await heart.settled();
  expect(given.emitted).toEqual([]);
});
