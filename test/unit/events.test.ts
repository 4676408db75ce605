import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { aggregateId, checked, type RecordedEvent, streamId, upcast } from '../../lib/core/events.ts';

const types = {
  Renamed: {
    schema_version: 3,
    data: z.object({ name: z.string(), by: z.string() }),
    upcasts: {
      1: ({ title, ...rest }: Record<string, unknown>) => ({ ...rest, name: title }),
      2: (data: Record<string, unknown>) => ({ ...data, by: 'unknown' }),
    },
  },
};

const event = (schema_version: number, data: object, type = 'Renamed'): RecordedEvent => ({
  event_id: 'e',
  stream_id: 'Thing-1',
  stream_type: 'Thing',
  version: 1,
  type,
  schema_version,
  data,
  metadata: { command_id: 'c', correlation_id: 'c', causation_id: 'c' },
  recorded_at: new Date(0),
});

describe('upcasting', () => {
  test('takes an old event through every version to the newest', () => {
    expect(upcast(types, event(1, { title: 'x' }))).toEqual(event(3, { name: 'x', by: 'unknown' }));
    expect(upcast(types, event(2, { name: 'x' }))).toEqual(event(3, { name: 'x', by: 'unknown' }));
  });

  test('leaves a current event and the stored one as they are', () => {
    const stored = event(1, { title: 'x' });
    upcast(types, stored);
    expect(stored).toEqual(event(1, { title: 'x' }));
    const current = event(3, { name: 'x', by: 'me' });
    expect(upcast(types, current)).toBe(current);
  });

  test('refuses what its steps did not make fit', () => {
    expect(() => upcast(types, event(1, { title: 7 }))).toThrow(
      expect.objectContaining({ code: 'unknown_event' }),
    );
    expect(() => upcast(types, event(2, {}))).toThrow(expect.objectContaining({ code: 'unknown_event' }));
  });

  test('does not guess at a version newer than this code, nor at an unknown type', () => {
    expect(() => upcast(types, event(4, {}))).toThrow(expect.objectContaining({ code: 'unknown_event' }));
    expect(() => upcast(types, event(1, {}, 'Erased'))).toThrow(
      expect.objectContaining({ code: 'unknown_event' }),
    );
    expect(() => upcast(types, event(1, {}, 'constructor'))).toThrow(
      expect.objectContaining({ code: 'unknown_event' }),
    );
  });
});

describe('an event from outside', () => {
  test('is checked at today’s version too, and is not changed by it', () => {
    const current = event(3, { name: 'x', by: 'me', more: 1 });
    expect(checked(types, current)).toBe(current);
    expect(() => checked(types, event(3, { name: 'x' }))).toThrow(
      expect.objectContaining({ code: 'unknown_event', message: expect.stringContaining('by') }),
    );
  });

  test('of an old version is brought up and checked', () => {
    expect(checked(types, event(1, { title: 'x' }))).toEqual(event(3, { name: 'x', by: 'unknown' }));
    expect(() => checked(types, event(1, { title: 7 }))).toThrow(
      expect.objectContaining({ code: 'unknown_event' }),
    );
  });
});

describe('a stream id', () => {
  test('gives back the aggregate id, dashes and all', () => {
    for (const id of ['1', 'a-b-c', '', '-', '01900000-0000-7000-8000-000000000000']) {
      expect(aggregateId(streamId('Record', id))).toBe(id);
    }
  });
});
