// What a document can be found by: words, in one form on both sides. A word that is searched for is the beginning of a
// word, whatever its case and its accents; each of its characters stands for itself. Pure.

// Upper case first: «ß» and «SS» become the same, as do the two small sigmas at the end.
const normalize = (text: string): string =>
  text
    .normalize('NFKD')
    .replace(/[\u0300-\u036f]/g, '')
    .toUpperCase()
    .toLowerCase()
    .replaceAll('ς', 'σ');

/** Sorted after every other, and no character in any text (Unicode, 23.7): none is in a word. */
export const afterAllCharacters = '\u{10ffff}';

const split = (text: string): string[] => [
  ...new Set(
    normalize(text)
      .split(/[\s,;\u{10ffff}]+/u)
      .filter((word) => word !== ''),
  ),
];

/** The words that a search asks for: «Köln, Haupt» gives `koln` and `haupt`. */
export const searchedWords = split;

/** The words of a name of things, such as an id: `SKU-12` is one word. */
export const wordsOfId = split;

const leading = /^[^\p{L}\p{M}\p{N}]+/u;
const between = /[^\p{L}\p{M}\p{N}]+/u;

/** The words of running text. A word begins after punctuation too: `Baden-Baden` and `(baden)` are found by `baden`. */
export const wordsOfText = (text: string): string[] => {
  const words = split(text).flatMap((word) => {
    const bare = word.replace(leading, '');
    const [, ...parts] = bare.split(between);
    return [word, bare, ...parts];
  });
  return [...new Set(words)].filter((word) => word !== '');
};
