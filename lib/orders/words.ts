// What an order can be found by: words, in one form on both sides. A word is compared as a whole and as text, never as
// a pattern. Pure.

const normalize = (text: string): string =>
  text
    .normalize('NFKD')
    .replace(/[\u0300-\u036f]/g, '')
    .toLowerCase();

const trim = (word: string): string =>
  word.replace(/^[^\p{L}\p{M}\p{N}]+|[^\p{L}\p{M}\p{N}]+$/gu, '') || word;

/** The words of a text: «Hauptstraße 5, Köln» gives `hauptstraße`, `5` and `koln`; `SKU-12` stays one word. */
export const wordsOf = (text: string): string[] => [
  ...new Set(
    normalize(text)
      .split(/[\s,;]+/)
      .filter((word) => word !== '')
      .map(trim),
  ),
];

/** The words of running text, where the parts of a compound count too: `Baden-Baden` is also `baden`. */
export const wordsOfProse = (text: string): string[] =>
  wordsOf(text).flatMap((word) => {
    const parts = word.split(/[^\p{L}\p{M}\p{N}]+/u).filter((part) => part !== '');
    return parts.length > 1 ? [word, ...parts] : [word];
  });
