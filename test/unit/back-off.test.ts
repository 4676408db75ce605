import { expect, test, vi } from 'vitest';
import { backOffMs } from '../../lib/core/back-off.ts';

test('rivals wait at random, up to twice as long each time, and never for longer than two seconds', () => {
  const random = vi.spyOn(Math, 'random').mockReturnValue(1);
  expect([0, 1, 2, 8, 9, 1_000].map(backOffMs)).toEqual([4, 8, 16, 1_024, 2_000, 2_000]);
  random.mockReturnValue(0.25);
  expect(backOffMs(3)).toBe(8);
  random.mockRestore();
});
