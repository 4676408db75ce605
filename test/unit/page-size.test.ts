import { expect, test } from 'vitest';
import { asManyAsFit } from '../../lib/core/queries/page-size.ts';

// Each costs two bytes more as text, and each quote of JSON one more where that is text again.
const row = (bytes: number) => ({ text: 'x'.repeat(bytes) });
const sizes = (...bytes: number[]) => asManyAsFit(bytes.map(row)).map(({ text }) => text.length);

test('an answer has as many rows as five million bytes can hold, and one at least', () => {
  expect(sizes()).toEqual([]);
  expect(sizes(2_000_000, 2_000_000, 900_000, 900_000)).toEqual([2_000_000, 2_000_000, 900_000]);
  expect(sizes(6_000_000, 1)).toEqual([6_000_000]);
  const around = JSON.stringify(JSON.stringify(row(0))).length;
  expect(sizes(2_500_000 - around, 2_500_000 - around)).toHaveLength(2);
  expect(sizes(2_500_000 - around, 2_500_001 - around)).toHaveLength(1);
});

test('a quote and a letter that is no ASCII count as often as they cost', () => {
  // In JSON, and in the text that holds it: \\\\\\" for each quote.
  expect(asManyAsFit([{ text: '"'.repeat(1_300_000) }, { text: '' }])).toHaveLength(1);
  expect(asManyAsFit([{ text: 'ß'.repeat(2_600_000) }, { text: '' }])).toHaveLength(1);
});
