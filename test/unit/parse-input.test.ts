import { expect, test } from 'vitest';
import * as z from 'zod';
import { isAppError } from '../../lib/core/errors.ts';
import { findFaults, parseInput } from '../../lib/platform/parse-input.ts';

const schema = z.strictObject({
  name: z
    .string()
    .min(2, 'is too short')
    .regex(/^[a-z]/, 'must begin with a letter'),
  items: z.array(z.object({ price: z.int('must be whole') })).optional(),
});

const refusalOf = (input: unknown, faults: { path: string; message: string }[] = []) => {
  try {
    parseInput(schema, input, faults);
  } catch (error) {
    if (isAppError(error)) return error;
  }
  throw new Error('it was not refused');
};

test('what fits is taken, and what was wrong before refuses it all the same', () => {
  expect(parseInput(schema, { name: 'ab' })).toEqual({ name: 'ab' });
  expect(findFaults(schema, { name: 'ab' })).toEqual([]);
  const earlier = { path: 'If-Match', message: 'is bad' };
  expect(refusalOf({ name: 'ab' }, [earlier])).toMatchObject({
    code: 'invalid_input',
    message: 'If-Match: is bad',
    errors: [earlier],
  });
});

test('each bad field is named once, by its whole path, those found before first', () => {
  const input = { name: '1', items: [{ price: 1 }, { price: 0.5 }], more: 1 };
  const { message, errors } = refusalOf(input, [{ path: 'skip', message: 'is bad' }]);
  expect(message).toBe('skip: is bad');
  expect(errors).toEqual([
    { path: 'skip', message: 'is bad' },
    { path: 'name', message: 'is too short' },
    { path: 'items.1.price', message: 'must be whole' },
    { path: 'more', message: 'is not a known field' },
  ]);
});

test('an input that is bad as a whole is named by no field', () => {
  expect(refusalOf(7).message).toMatch(/^Invalid input/);
});

test('of many bad fields a hundred are named, and of a long name its beginning', () => {
  const many = Object.fromEntries(Array.from({ length: 150 }, (_, n) => [`${n}-${'x'.repeat(300)}`, 1]));
  const { errors = [] } = refusalOf({ name: 'ab', ...many });
  expect(errors).toHaveLength(100);
  expect(errors.map(({ path }) => path.length)).toEqual(Array.from({ length: 100 }, () => 200));
});
