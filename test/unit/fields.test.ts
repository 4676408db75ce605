// Source: lib/core/fields.ts.
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type * as z from 'zod';
import {
  anyText,
  expectedVersion,
  idAtVersion,
  instant,
  money,
  moneyText,
  optionalText,
  pageSize,
  quantity,
  requiredText,
  skip,
  timeoutMs,
  uuid,
  wholeNumber,
} from '../../lib/core/fields.ts';

/** What is wrong with a value, in the words of its schema; what it stands for if nothing is. */
const read = (schema: z.ZodType, value: unknown): unknown => {
  const { success, data, error } = schema.safeParse(value);
  return success ? data : error.issues.map(({ message }) => message);
};
const tooLong = ['may have up to 3 characters'];
const unstorable = ['has a character that cannot be stored'];
const empty = ['must not be empty'];

describe('a text', () => {
  test.each(['a', 'abc', ' a ', '\u{1f600}\u{1f600}\u{1f600}', 'ß\u0301'])(
    'of up to three characters is taken as it is: «%s»',
    (text) => {
      for (const schema of [anyText(3), optionalText(3), requiredText(3)])
        expect(read(schema, text)).toBe(text);
    },
  );

  test.each(['abcd', '\u{1f600}\u{1f600}\u{1f600}\u{1f600}', '\u{1f600}abc', 'a'.repeat(7)])(
    'of more than three is too long: «%s»',
    (text) => {
      for (const schema of [anyText(3), optionalText(3), requiredText(3)])
        expect(read(schema, text)).toEqual(tooLong);
    },
  );

  test.each(['', ' ', '\t\n', '\u0085', '\u00a0', '\u2003', '\ufeff', '\u3000'])(
    'with nothing to read in it may be had, and is refused if one is required: %j',
    (text) => {
      expect(read(optionalText(3), text)).toBe(text);
      expect(read(requiredText(3), text)).toEqual(empty);
    },
  );

  test.each(['a\u0000', '\ufffe', 'b\uffff', '\ud800', '\udc00x'])(
    'with a character that no database or queue takes is refused, and told no more: %j',
    (text) => {
      expect(read(anyText(3), text)).toBe(text);
      for (const schema of [optionalText(1), requiredText(1)]) expect(read(schema, text)).toEqual(unstorable);
    },
  );

  test('that means something else is refused by name', () => {
    const name = requiredText(3, { but: ['.', '..'] });
    expect(read(name, '..')).toEqual(['must not be . or ..']);
    expect(read(name, '...')).toBe('...');
    expect(name.meta()?.['json']).toMatchObject({ not: { enum: ['.', '..'] } });
    expect(requiredText(3).meta()?.['json']).not.toHaveProperty('not');
  });

  test.each([
    ['optional', optionalText(8)],
    ['required', requiredText(8)],
  ])('that is %s is taken exactly if its JSON Schema says so', (_, schema) => {
    const { pattern = '', maxLength = 0, minLength = 0 } = Object(schema.meta()?.['json']);
    const says = new RegExp(pattern, 'u');
    const unit = fc.oneof(fc.constantFrom(' ', '\u0000', '\uffff', '\u00a0', '\u{1f600}'), fc.string());
    return fc.assert(
      fc.property(fc.array(unit, { maxLength: 4 }), (parts) => {
        const text = parts.join('');
        const isFit = [...text].length <= maxLength && text.length >= minLength && says.test(text);
        expect(schema.safeParse(text).success).toBe(isFit);
      }),
    );
  });
});

describe('a number', () => {
  test.each([
    ['1', 1],
    ['100', 100],
    ['0000000000000007', 7],
  ])('in a query string is a whole one between two bounds: %s', (text, number) => {
    expect(read(wholeNumber(1, 100), text)).toBe(number);
  });

  test.each(['0', '101', '', '-1', '+1', '1.0', '1e1', ' 1', '0x1', '١', '00000000000000001'])(
    'in a query string is not «%s»',
    (text) => {
      const isNumber = /^\d{1,3}$/.test(text);
      const found = read(wholeNumber(1, 100), text);
      expect(found).toEqual(isNumber ? [expect.any(String)] : ['must be a whole number']);
    },
  );

  test('of a version or of a time-out has its own bounds', () => {
    const taken = (schema: z.ZodType, ...texts: string[]) =>
      texts.map((text) => schema.safeParse(text).success);
    expect(taken(expectedVersion, '0', '9007199254740991', '9007199254740992')).toEqual([true, true, false]);
    expect(taken(timeoutMs, '0', '5000', '5001')).toEqual([true, true, false]);
  });

  test('of a page has its own bounds, and what it is if nobody says', () => {
    const found = (schema: z.ZodType, ...texts: (string | undefined)[]) =>
      texts.map((text) => schema.safeParse(text).data);
    expect(found(pageSize(20), undefined, '1', '100', '0', '101')).toEqual([
      20,
      1,
      100,
      undefined,
      undefined,
    ]);
    expect(found(skip, undefined, '0', '10000', '10001')).toEqual([0, 0, 10_000, undefined]);
  });

  test('in a body is a whole one, and no text', () => {
    const taken = [0, 10, -0, -1, 11, 1.5, '5', null].map(
      (value) => quantity(0, 10).safeParse(value).success,
    );
    expect(taken).toEqual([true, true, false, false, false, false, false, false]);
  });

  test('of money becomes minor units, in a body and in a query string', () => {
    expect([0, 12, 12.5, 12.05].map((amount) => read(money, amount))).toEqual([0, 1_200, 1_250, 1_205]);
    expect(['0', '12', '12.5', '12.05'].map((text) => read(moneyText, text))).toEqual([
      0, 1_200, 1_250, 1_205,
    ]);
    for (const schema of [money, moneyText])
      expect(schema.meta()?.['json']).toMatchObject({
        minimum: 0,
        maximum: 9_999_999_999_999.99,
        multipleOf: 0.01,
      });
    expect(read(moneyText, '1,5')).toEqual(['must be an amount from 0, with at most 2 decimals']);
  });
});

describe('an instant', () => {
  test.each(['2026-11-21T10:00:00Z', '2026-11-21t12:00:00.000+02:00', '2026-11-21T10:00:00.0z'])(
    'is understood with any offset, in capitals or not: %s',
    (text) => {
      expect(read(instant, text)).toEqual(new Date('2026-11-21T10:00:00Z'));
    },
  );

  test.each([
    '2026-11-21',
    '2026-11-21T10:00Z',
    '2026-11-21T10:00:00',
    '2026-02-30T10:00:00Z',
    'now',
    '10:00:00Z',
  ])('is not «%s»', (text) => {
    expect(read(instant, text)).toEqual(['must be an instant, such as 2026-11-21T10:00:00Z']);
  });
});

describe('an id', () => {
  const id = '0190b2c0-00ab-7000-8000-00000000000f';

  test('is the same in capitals', () => {
    expect([read(uuid, id), read(uuid, id.toUpperCase())]).toEqual([id, id]);
    expect(read(uuid, `${id}0`)).toEqual(['is not an id']);
  });

  test('with a version has a whole number behind it', () => {
    expect(read(idAtVersion, `${id.toUpperCase()}@12`)).toEqual({ id, version: 12 });
    expect(read(idAtVersion, `${id}@${'9'.repeat(15)}`)).toMatchObject({ version: 999_999_999_999_999 });
    for (const text of [
      id,
      `${id}@`,
      `${id}@-1`,
      `${id}@1.5`,
      `${id}@${'9'.repeat(16)}`,
      `x${id}@1`,
      `${id}@1 `,
    ])
      expect(read(idAtVersion, text)).toEqual(['must be <id>@<version>']);
  });
});
