import { describe, expect, test } from 'vitest';
import { parseJsonBody } from '../../lib/platform/http/body.ts';

const parse = (text: string) => parseJsonBody(text, false, 'application/json');

describe('a body', () => {
  test.each(['null', 'false', '0', '"text"', '"1.50"', '[]', '{"a":[1,"b","2"]}'])(
    'is what was sent: %s',
    (text) => {
      expect(parse(text)).toEqual(JSON.parse(text));
    },
  );

  test.each(['1.50', '15e-1', '0.1', '100', '1e2', '0', '-3.25', '9007199254740991', '1E+2', '0.0000001'])(
    'keeps %s as it is written',
    (number) => {
      expect(parse(`{"price":${number}}`)).toEqual({ price: Number(number) });
    },
  );

  test.each(['1.9999999999999999', '1e309', '9007199254740993', '0.1000000000000000055'])(
    'has no number if it says %s: it would be another one',
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

  const limit = 128 * 1024;
  /** A text as JSON of exactly so many bytes, most of them in characters of three. */
  const ofBytes = (bytes: number): string => {
    const wide = '€'.repeat(Math.floor((bytes - 2) / 3));
    return `"${wide}${'x'.repeat(bytes - 2 - Buffer.byteLength(wide))}"`;
  };

  test.each([false, true])(
    'may have 128 KiB, counted in bytes and not in characters; in base64: %s',
    (isBase64) => {
      const send = (text: string) =>
        parseJsonBody(isBase64 ? Buffer.from(text).toString('base64') : text, isBase64, 'application/json');
      expect(send(ofBytes(limit))).toBeTypeOf('string');
      expect(() => send(ofBytes(limit + 1))).toThrow(expect.objectContaining({ code: 'payload_too_large' }));
      expect(send(`"${'x'.repeat(limit - 2)}"`)).toBeTypeOf('string');
    },
  );

  test.each([
    'application/json',
    'application/json; charset=utf-8',
    'Application/JSON;charset="UTF-8"',
    'application/problem+json',
  ])('may be %s', (type) => {
    expect(parseJsonBody('{}', false, type)).toEqual({});
  });

  test.each([
    undefined,
    '',
    'text/plain',
    'application/json; charset=latin1',
    'application/jsonp',
    'text/json',
    'xapplication/json',
  ])('is not read as %s', (type) => {
    expect(() => parseJsonBody('{}', false, type)).toThrow(
      expect.objectContaining({ code: 'unsupported_media_type' }),
    );
  });

  test.each(['', undefined])('that is not there needs no type', (body) => {
    expect(parseJsonBody(body, false, undefined)).toBeUndefined();
  });

  test('that is too large is said to be so, whatever its type', () => {
    expect(() => parseJsonBody('x'.repeat(limit + 1), false, 'text/plain')).toThrow(
      expect.objectContaining({ code: 'payload_too_large' }),
    );
  });

  test.each(['e30', 'e30='])('%s is base64', (text) => {
    expect(parseJsonBody(text, true, 'application/json')).toEqual({});
  });

  // Node's decoder would make the same of the second one.
  test.each(['{}', 'e3*0', 'e30===', 'e30=e30='])('%s is no base64, and refused', (text) => {
    expect(() => parseJsonBody(text, true, 'application/json')).toThrow('The body is not valid base64');
  });

  test('whose bytes are no UTF-8 is refused, not mended', () => {
    const bytes = Buffer.from([0x22, 0xff, 0x22]).toString('base64');
    const read = () => parseJsonBody(bytes, true, 'application/json');
    expect(read).toThrow(expect.objectContaining({ code: 'invalid_input' }));
    expect(read).toThrow('The body is not valid UTF-8');
  });
});
