import { expect, test } from 'vitest';
import { toBatches } from '../../lib/platform/sqs/batches.ts';

const megabyte = 1_000_000;
const messages = (count: number, body: string) => Array.from({ length: count }, (_, n) => ({ id: n, body }));
const sizes = (count: number, body: string, overheadBytes?: number) =>
  toBatches(messages(count, body), overheadBytes).map(({ length }) => length);

test('messages travel in as few batches of ten as there can be, in order', () => {
  expect(sizes(0, 'x')).toEqual([]);
  expect(sizes(10, 'x')).toEqual([10]);
  expect(sizes(21, 'x')).toEqual([10, 10, 1]);
  const sent = messages(21, 'x');
  expect(toBatches(sent).flat()).toEqual(sent);
});

test('a batch has up to a megabyte, counted in bytes and not in characters', () => {
  expect(sizes(5, 'x'.repeat(megabyte / 5))).toEqual([5]);
  expect(sizes(6, 'x'.repeat(megabyte / 5))).toEqual([5, 1]);
  expect(sizes(6, 'é'.repeat(megabyte / 5))).toEqual([2, 2, 2]);
});

test('what travels beside a body counts too', () => {
  expect(sizes(5, 'x'.repeat(megabyte / 5), 1)).toEqual([4, 1]);
});

test('what is larger than a batch may be has one of its own', () => {
  expect(sizes(2, 'x'.repeat(megabyte + 1))).toEqual([1, 1]);
});
