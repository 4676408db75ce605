import { describe, expect, test, vi } from 'vitest';
import { inTurn } from '../../lib/core/commands/turns.ts';
import { AppError } from '../../lib/core/errors.ts';

describe('callers at one aggregate', () => {
  test('take turns in the order of asking, and do not wait for those at another', async () => {
    const seen: string[] = [];
    const { promise: opened, resolve: open } = Promise.withResolvers<void>();
    const first = inTurn('a', async () => {
      await opened;
      seen.push('a1');
    });
    const second = inTurn('a', async () => void seen.push('a2'));
    await inTurn('b', async () => void seen.push('b1'));
    open();
    await Promise.all([first, second]);
    expect(seen).toEqual(['b1', 'a1', 'a2']);
  });

  test('go on after one that failed', async () => {
    const failing = inTurn('c', () => Promise.reject(new AppError('rule_violated', 'no')));
    const next = inTurn('c', async () => 'done');
    await expect(failing).rejects.toThrow('no');
    await expect(next).resolves.toBe('done');
  });

  test('do not wait for a caller that gets no answer', async () => {
    const stuck = Promise.withResolvers<void>();
    const first = inTurn('d', () => stuck.promise);
    await expect(inTurn('d', async () => 'past it')).resolves.toBe('past it');
    stuck.resolve();
    await first;
  });

  test('leave no timer behind that would let others go ahead of their turn', async () => {
    vi.useFakeTimers();
    await inTurn('g', async () => undefined);
    await inTurn('g', () => Promise.reject(new AppError('rule_violated', 'no'))).catch(() => undefined);
    expect(vi.getTimerCount()).toBe(0);
    vi.useRealTimers();
  });

  test('go ahead all at once when one has met an outage, so that nobody waits for the time-out of another', async () => {
    const { promise: asked, reject: fail } = Promise.withResolvers<void>();
    const first = inTurn('e', () => asked);
    const started: number[] = [];
    const { promise: answered, resolve: answer } = Promise.withResolvers<void>();
    const others = [1, 2, 3].map((n) =>
      inTurn('e', () => {
        started.push(n);
        return answered;
      }),
    );
    fail(Object.assign(new Error('connection closed'), { name: 'MongoNetworkError' }));
    await expect(first).rejects.toThrow('closed');
    await new Promise(setImmediate);
    expect(started).toEqual([1, 2, 3]);
    answer();
    await Promise.all(others);
  });

  test('take turns after one that failed for a reason of its own', async () => {
    const first = inTurn('f', () => Promise.reject(new AppError('rule_violated', 'no')));
    const started: number[] = [];
    const { promise: answered, resolve: answer } = Promise.withResolvers<void>();
    const others = [1, 2].map((n) =>
      inTurn('f', () => {
        started.push(n);
        return answered;
      }),
    );
    await expect(first).rejects.toThrow('no');
    await new Promise(setImmediate);
    expect(started).toEqual([1]);
    answer();
    await Promise.all(others);
  });
});
