import { beforeEach, expect, test, vi } from 'vitest';
import { createWaitWatch, isSilent, reconcileState } from '../../lib/platform/silence.ts';

const now = new Date('2026-11-21T10:00:00Z');
const ago = (ms: number): Date => new Date(now.getTime() - ms);

test('reconcile is silent when it has said nothing for three of its minutes, and not before anybody could know', () => {
  expect(reconcileState(ago(180_000), ago(900_000), now)).toEqual({
    state: 'awake',
    heard_at: ago(180_000),
  });
  expect(reconcileState(ago(180_001), ago(900_000), now).state).toBe('silent');
  expect(reconcileState(undefined, ago(180_000), now)).toEqual({ state: 'awake', heard_at: null });
  expect(reconcileState(undefined, ago(180_001), now)).toEqual({ state: 'silent', heard_at: null });
  expect(reconcileState(ago(900_000), ago(10_000), now).state).toBe('awake');
});

test('a consumer is silent when something has waited for it for ten seconds, in which it took nothing', () => {
  expect(isSilent(ago(10_001), 10_001, now)).toBe(true);
  expect(isSilent(null, 10_001, now)).toBe(true);
  expect(isSilent(ago(10_000), 10_001, now)).toBe(false);
  expect(isSilent(ago(900_000), 10_000, now)).toBe(false);
});

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['performance'] });
  return () => vi.useRealTimers();
});

test('a queue has waited since it was first seen with something in it, and not any more when it was empty', () => {
  const waited = createWaitWatch();
  expect(waited('a', 3)).toBe(0);
  vi.advanceTimersByTime(700);
  expect([waited('a', 1), waited('b', 1)]).toEqual([700, 0]);
  expect(waited('a', 0)).toBe(0);
  vi.advanceTimersByTime(50);
  expect([waited('a', 2), waited('b', 2)]).toEqual([0, 50]);
  expect(waited('b', null)).toBe(0);
});
