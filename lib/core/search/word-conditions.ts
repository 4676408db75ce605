// The conditions that a search is made of: that a document has a word with this beginning, by the index and without it.
import type { Document } from 'mongodb';
import { afterAllCharacters } from './words.ts';

/**
 * By the index. It is the one form of a range that MongoDB counts by the index alone if the field is a list. Each
 * character of the word stands for itself.
 */
export const indexed = (word: string): Document => ({
  words: new RegExp(`^${word.replace(/[\\^$.*+?()[\]{}|/#-]/g, '\\$&')}`),
});

/** The same in a form that no index is used for; a range is compared faster than a regular expression. */
export const lookedAt = (word: string): Document => ({
  $nor: [{ words: { $not: { $elemMatch: { $gte: word, $lt: word + afterAllCharacters } } } }],
});

/** All of the conditions. One that asks for nothing is left out: it would keep MongoDB from counting by the index alone. */
export const allOf = (...conditions: Document[]): Document => {
  const asking = conditions.filter((condition) => Object.keys(condition).length > 0);
  return asking.length === 0 ? {} : { $and: asking };
};
