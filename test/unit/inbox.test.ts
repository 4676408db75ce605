// Source: lib/core/projection/inbox.ts.
import { expect, test } from 'vitest';
import { covers, extend } from '../../lib/core/projection/inbox.ts';

const from = (start: number, to: number) => ({ _id: 'i', from: start, to });

test('an inbox covers what is above its beginning, up to its end, and an absent one nothing', () => {
  expect([2, 3, 4, 5, 6].map((version) => covers(from(2, 5), version))).toEqual([
    false,
    true,
    true,
    true,
    false,
  ]);
  expect(covers(undefined, 1)).toBe(false);
});

test('an inbox begins with the first version that it has heard of, and grows in both directions', () => {
  expect(extend('i', undefined, [4, 3])).toEqual(from(2, 4));
  expect(extend('i', from(2, 4), [7])).toEqual(from(2, 7));
  expect(extend('i', from(2, 4), [1])).toEqual(from(0, 4));
  expect(extend('i', from(2, 4), [3])).toEqual(from(2, 4));
});
