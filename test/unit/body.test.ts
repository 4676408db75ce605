import { describe, expect, test } from 'vitest';
import { parseJsonBody } from '../../lib/platform/http/body.ts';

const parse = (text: string) => parseJsonBody(text, false, 'application/json');

describe('a body', () => {
  test.each(['null', 'false', '0', '"text"', '[]', '{"a":[1,"b"]}'])('is what was sent: %s', (text) => {
    expect(parse(text)).toEqual(JSON.parse(text));
  });

  test.each(['1.50', '15e-1', '0.1', '100', '1e2', '0', '-3.25', '9007199254740991', '1E+2', '0.0000001'])(
    'keeps %s as it is written',
    (number) => {
      expect(parse(`{"price":${number}}`)).toEqual({ price: Number(number) });
    },
  );

  test.each(['1.9999999999999999', '1e309', '9007199254740993', '0.1000000000000000055'])(
    'has no number where it says %s: it would be another one',
    (number) => {
      expect(parse(`{"price":${number}}`)).toEqual({ price: Number.NaN });
    },
  );

  test('may be as deep as can be stored', () => {
    const nested = (levels: number) => `${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}`;
    expect(parse(nested(90))).toBeTypeOf('object');
    expect(() => parse(nested(91))).toThrow(expect.objectContaining({ code: 'invalid_input' }));
    expect(() => parse(nested(20_000))).toThrow(expect.objectContaining({ code: 'invalid_input' }));
  });
});
