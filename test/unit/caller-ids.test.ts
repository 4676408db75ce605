import { expect, test } from 'vitest';
import { callerIdFaults, isCallerId } from '../../lib/platform/http/caller-ids.ts';

test.each([
  ['X-Correlation-Id', 128],
  ['Idempotency-Key', 255],
] as const)('%s has up to %i visible characters', (header, most) => {
  for (const value of ['a', '!~', 'x'.repeat(most)]) expect(callerIdFaults(header, value)).toEqual([]);
  expect(callerIdFaults(header, undefined)).toEqual([]);
  for (const value of ['', 'a b', 'ä', '\u007f', 'x'.repeat(most + 1)]) {
    expect(isCallerId(header, value)).toBe(false);
    expect(callerIdFaults(header, value)).toEqual([
      { path: header, message: `must have 1 to ${most} visible characters` },
    ]);
  }
});
