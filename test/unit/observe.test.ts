import { afterEach, expect, test, vi } from 'vitest';
import { check } from '../../lib/platform/observe.ts';

afterEach(() => {
  vi.useRealTimers();
});

test('a dependency that hangs is out of order within seconds, and whoever asks has an answer', async () => {
  vi.useFakeTimers();
  const answer = check('queue', () => new Promise(() => undefined));
  await vi.advanceTimersByTimeAsync(2_500);
  expect(await Promise.race([answer, 'no answer'])).toEqual({
    name: 'queue',
    ok: false,
    duration_ms: expect.any(Number),
  });
});

test('a dependency that answers or fails at once leaves no timer behind', async () => {
  vi.useFakeTimers();
  expect(await check('queue', async () => 1)).toMatchObject({ ok: true });
  expect(await check('queue', () => Promise.reject(new Error('away')))).toMatchObject({ ok: false });
  expect(vi.getTimerCount()).toBe(0);
});

test('how long a dependency took is told in tenths of a millisecond', async () => {
  vi.useFakeTimers({ toFake: ['performance'] });
  vi.advanceTimersByTime(500);
  const answer = await check('queue', async () => void vi.advanceTimersByTime(12.34));
  expect(answer.duration_ms).toBe(12.3);
});
