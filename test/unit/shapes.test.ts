import { expect, test } from 'vitest';
import * as z from 'zod';
import { bringUp, type Shape } from '../../lib/core/shape.ts';
import { catalogue } from '../../lib/domains.ts';

const described = { what: 'The thing', code: 'unknown_state' } as const;

const thing = {
  schema_version: 3,
  data: z.object({ name: z.string(), priority: z.enum(['low', 'high']), note: z.string().default('') }),
  upcasts: {
    1: ({ title, ...rest }: Record<string, unknown>) => ({ ...rest, name: title }),
    2: (data: Record<string, unknown>) => ({ ...data, priority: data['name'] === 'fire' ? 'high' : 'low' }),
  },
};

test('old data takes each step in turn, so that a later step sees what an earlier one made', () => {
  expect(bringUp(thing, 1, { title: 'fire' }, described)).toEqual({
    name: 'fire',
    priority: 'high',
    note: '',
  });
  expect(bringUp(thing, 2, { name: 'mail' }, described)).toEqual({ name: 'mail', priority: 'low', note: '' });
});

test('a field that only the schema knows of has its default, and one that it does not know is gone', () => {
  const stored = { name: 'mail', priority: 'low', colour: 'red' };
  expect(bringUp(thing, 3, stored, described)).toEqual({ name: 'mail', priority: 'low', note: '' });
  expect(stored).toHaveProperty('colour');
});

test.each([
  ['of a newer release', 4, { name: 'mail', priority: 'low' }],
  ['that a step made into no thing', 2, { name: 7 }],
  ['from before the first step', 0, { title: 'mail' }],
])('data %s is an error with the code of its reader', (_, version, data) => {
  expect(() => bringUp(thing, version, data, described)).toThrow(
    expect.objectContaining({ code: 'unknown_state' }),
  );
});

const shapes: [string, Shape][] = catalogue.streams.flatMap((stream) => [
  ...Object.entries(stream.eventTypes),
  ...(stream.store === 'state' ? [[`the state of a ${stream.type}`, stream.state] as [string, Shape]] : []),
]);

test.each(shapes)('%s has a step from each older version, and none that leads nowhere', (_, shape) => {
  const older = Array.from({ length: shape.schema_version - 1 }, (__, index) => index + 1);
  expect(Object.keys(shape.upcasts ?? {}).map(Number)).toEqual(older);
});
