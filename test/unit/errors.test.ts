import { expect, test } from 'vitest';
import { AppError, isAppError, messageOf } from '../../lib/core/errors.ts';

test.each([
  ['an error', new TypeError('It burns'), 'It burns'],
  ['an error without a message', new TypeError(), 'TypeError'],
  ['what is no error', 'no disk', 'no disk'],
  ['nothing', undefined, 'undefined'],
])('%s is told in a line', (_, error, line) => {
  expect(messageOf(error)).toBe(line);
});

test('an error is known by its code, also if another bundle made it', () => {
  const error = new AppError('not_found', 'There is no such ticket');
  const ofAnother = Object.assign(new Error('There is none'), { name: 'AppError', code: 'not_found' });
  for (const one of [error, ofAnother]) {
    expect(isAppError(one)).toBe(true);
    expect(isAppError(one, 'not_found')).toBe(true);
    expect(isAppError(one, 'forbidden')).toBe(false);
  }
  for (const other of [new Error('no'), { name: 'AppError', code: 'not_found' }, undefined])
    expect(isAppError(other)).toBe(false);
});
