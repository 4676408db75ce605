import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isAppError } from '../../lib/core/errors.ts';
import { money, moneyText } from '../../lib/core/fields.ts';
import { mostMinor, toMajor, toMinor } from '../../lib/core/money.ts';
import { parseInput } from '../../lib/platform/parse-input.ts';

const minorAmount = fc.integer({ min: 0, max: mostMinor });

describe('money', () => {
  test('goes to minor units and back without losing a cent', () =>
    fc.assert(fc.property(minorAmount, (minor) => toMinor(toMajor(minor)) === minor)));

  test('reads the JSON that it writes', () =>
    fc.assert(
      fc.property(minorAmount, (minor) => {
        const json = JSON.stringify(toMajor(minor));
        expect(json).toMatch(/^\d{1,13}(\.\d{1,2})?$/);
        expect(toMinor(JSON.parse(json))).toBe(minor);
      }),
    ));

  test('adds up when binary fractions do not', () => {
    expect(0.1 + 0.2).not.toBe(0.3);
    expect(toMajor(toMinor(0.1) + toMinor(0.2))).toBe(0.3);
    expect(toMinor(1.15) * 3).toBe(345);
    expect(toMinor(9_999_999_999_999.99)).toBe(mostMinor);
  });

  test.each([-0, -0.01, 1.005, 0.001, 1e13, 1e21, 1e-7, Number.NaN, Number.POSITIVE_INFINITY])(
    'refuses %d',
    (amount) => {
      expect(() => toMinor(amount)).toThrow(expect.objectContaining({ code: 'invalid_input' }));
      expect(money.safeParse(amount).success).toBe(false);
    },
  );

  test.each(['', '-1', '1.005', '1e3', ' 1', '1.', '.5', '0x10', '١', '12345678901234'])(
    'refuses the text «%s»',
    (text) => {
      expect(moneyText.safeParse(text).success).toBe(false);
    },
  );

  test('names what is wrong with it', () => {
    try {
      parseInput(money, 1.005);
      expect.unreachable();
    } catch (error) {
      expect(isAppError(error) && error.errors).toEqual([
        { path: '', message: 'must be an amount from 0, with at most 2 decimals' },
      ]);
    }
  });
});
