import { describe, expect, test } from 'vitest';
import { searchedWords, wordsOfId, wordsOfText } from '../../lib/core/search/words.ts';

const finds = (text: string, q: string): boolean =>
  searchedWords(q).every((begin) => wordsOfText(text).some((word) => word.startsWith(begin)));

describe('a text', () => {
  test.each([
    ['Hauptstraße 5, 50667 Köln', 'HAUPT'],
    ['Hauptstraße 5', 'hauptstrasse'],
    ['HAUPTSTRASSE 5', 'hauptstraße'],
    ['Köln', 'koln'],
    ['Koln', 'KÖL'],
    ['İstanbul', 'istanbul'],
    ['ΟΔΟΣ', 'οδος'],
    ['ΟΔΟΣΑ', 'ΟΔΟΣ'],
    ['Baden-Baden', 'baden'],
    ['Le Mont-Saint-Michel', 'saint'],
    ['Lamp (bright)', 'bright'],
    ['Lamp (bright)', '(bri'],
    ['C++ primer', 'c++'],
    ['50% off', '50%'],
    ['Café five', 'Cafe\u0301 ﬁve'],
    ['Dock .* left', '.*'],
    ['Red lamp', 'la re'],
    ['Hauptstraße 5 Köln', 'Hauptstraße 5, Köln'],
  ])('«%s» is found by «%s»', (text, q) => {
    expect(finds(text, q)).toBe(true);
  });

  test.each([
    ['Hauptstraße', 'straße'],
    ['Camera', 'c++'],
    ['500', '50%'],
    ['Lamp', '.*'],
    ['Lamp', 'l.mp'],
    ['Lamp', '^lamp'],
    ['Red lamp', 'red chair'],
  ])('«%s» is not found by «%s»', (text, q) => {
    expect(finds(text, q)).toBe(false);
  });

  test('has each word once, and none that is empty', () => {
    expect(wordsOfText(' Baden-Baden,  baden !! ')).toEqual(['baden-baden', 'baden', '!!']);
    expect(wordsOfText('')).toEqual([]);
  });
});

test('an id is one word', () => {
  expect(wordsOfId('SKU-12')).toEqual(['sku-12']);
});

test('the words of a search are as they stand', () => {
  expect(searchedWords('  Köln,  (a+)+$ köln, ')).toEqual(['koln', '(a+)+$']);
});
