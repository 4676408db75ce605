import { describe, expect, test } from 'vitest';
import { eventIdIn } from '../../lib/platform/letter-id.ts';

describe('the name of a dead letter', () => {
  test('is the id in its body, also if the rest of the body is wrong', () => {
    expect(eventIdIn('{"event_id":"e-1","version":-1}')).toEqual({ eventId: 'e-1' });
    expect(eventIdIn('{"command_id":"c-1"}')).toEqual({ eventId: 'c-1' });
  });

  test('has up to 300 characters that may stand in a path', () => {
    const nameOf = (event_id: string) => eventIdIn(JSON.stringify({ event_id })).eventId?.length;
    expect([1, 300, 301].map((length) => nameOf('x'.repeat(length)))).toEqual([1, 300, undefined]);
    expect(['', 'a b', 'é'].map(nameOf)).toEqual([undefined, undefined, undefined]);
    expect(eventIdIn('{"event_id":"","command_id":"c-1"}')).toEqual({ eventId: 'c-1' });
  });

  test.each(['', 'not json', 'null', '[]', '"x"', '{}', '{"event_id":5}', '{"__proto__":{"event_id":"x"}}'])(
    'is left to the queue server for %s',
    (body) => {
      expect(eventIdIn(body)).toEqual({});
    },
  );
});
