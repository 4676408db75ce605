// The names that a new part goes by.
export interface Names {
  /** `loans`: the folder, the routes, the domain. */
  many: string;
  /** `loan`: the file of the rules, the identifiers. */
  one: string;
  /** `Loan`: types, the stream. */
  type: string;
}

export class Refusal extends Error {}

const capital = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1);

/** @throws Refusal if the name is not a plain plural. */
export const namesOf = (many: string): Names => {
  if (!/^[a-z]{2,30}s$/.test(many))
    throw new Refusal(`A domain is named by a plural in small letters, such as loans; ${many} is none.`);
  const one = many.slice(0, -1);
  return { many, one, type: capital(one) };
};

/** `assign` as what happened: `Assigned`. */
export const pastTense = (verb: string): string => {
  const stem = capital(verb);
  if (stem.endsWith('e')) return `${stem}d`;
  return /[^aeiou]y$/.test(stem) ? `${stem.slice(0, -1)}ied` : `${stem}ed`;
};

/** A word in kebab-case as the start of a type: `due-dates` gives `DueDates`. */
export const typeName = (kebab: string): string => kebab.split('-').map(capital).join('');

export const requireWord = (
  what: string,
  word: string | undefined,
  pattern = /^[a-z][a-z-]{1,30}$/,
): string => {
  if (word === undefined || !pattern.test(word))
    throw new Refusal(
      `${what} is named in small letters, such as assign; ${word ?? 'nothing'} is no such name.`,
    );
  return word;
};
