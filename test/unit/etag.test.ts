import { describe, expect, test } from 'vitest';
import { acceptedVersions, etagOf, isKnown } from '../../lib/platform/http/etag.ts';

describe('an ETag', () => {
  test('follows the body and carries the version', () => {
    expect(etagOf('{"a":1}', 3)).toMatch(/^"3-[\w-]{22}"$/);
    expect(etagOf('{"a":1}', 3)).toBe(etagOf('{"a":1}', 3));
    expect(etagOf('{"a":2}', 3)).not.toBe(etagOf('{"a":1}', 3));
    expect(etagOf('[]')).toMatch(/^"-[\w-]{22}"$/);
  });

  test.each([
    [etagOf('{}', 12), [12]],
    [`${etagOf('{}', 1)}, ${etagOf('{}', 2)}`, [1, 2]],
    ['"3"', [3]],
    ['*', '*'],
    [' * ', '*'],
    // Compared strongly, a weak one matches nothing; neither does one that has no version, or is not ours.
    ['W/"3"', []],
    [etagOf('[]'), []],
    ['"abc", "3"', [3]],
    ['"-1"', []],
    ['"99999999999999999999"', []],
    ['"a,b"', []],
  ])('as If-Match, %s accepts %j', (header, versions) => {
    expect(acceptedVersions(header)).toEqual(versions);
  });

  test.each(['', '3', '"3', '3"', '"a" "b"', "'3'", 'W/3', '**'])(
    'as If-Match, «%s» is malformed',
    (header) => {
      expect(acceptedVersions(header)).toBeUndefined();
    },
  );

  test('as If-None-Match is known in a list, weak, and as *; never when malformed or of another body', () => {
    const etag = etagOf('{}', 1);
    for (const header of [etag, `W/${etag}`, `"x", ${etag}`, '*']) expect(isKnown(header, etag)).toBe(true);
    for (const header of [undefined, '"1"', etagOf('[]', 1), etag.slice(1), ''])
      expect(isKnown(header, etag)).toBe(false);
  });
});
