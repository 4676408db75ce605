// The kinds of settings. Each takes the text of the environment; an absent or empty text is the default.
import * as z from 'zod';
import type { Setting } from '../core/settings.ts';

type Reach = Pick<Setting, 'secret' | 'functions' | 'local'>;

const setting = <T>(
  fallback: string,
  about: string,
  reach: Reach,
  parse: (value: string) => unknown,
  schema: z.ZodType<T>,
): Setting<T> => ({
  schema: z
    .string()
    .optional()
    .transform((value) => parse(value || fallback))
    .pipe(schema as z.ZodType<T, unknown>),
  default: fallback,
  about,
  ...reach,
});

/** A whole number between two borders, both allowed. */
export const integer = (fallback: number, [min, max]: [number, number], about: string, reach: Reach = {}) =>
  setting(String(fallback), about, reach, Number, z.int().min(min).max(max));

/** A whole number between two borders, or one word. */
export const integerOr = <const W extends string>(
  word: W,
  fallback: number,
  [min, max]: [number, number],
  about: string,
  reach: Reach = {},
) =>
  setting(
    String(fallback),
    about,
    reach,
    (value) => (value === word ? word : Number(value)),
    z.union([z.literal(word), z.int().min(min).max(max)]),
  );

/** Text that fits the pattern. */
export const text = (
  fallback: string,
  about: string,
  { pattern = /^/, ...reach }: Reach & { pattern?: RegExp } = {},
) => setting(fallback, about, reach, String, z.string().regex(pattern));

/** A connection string of a MongoDB. What is wrong with one is said without it: it holds a password. */
export const database = (fallback: string, about: string, reach: Reach) => {
  const message = 'must be a connection string, mongodb://… or mongodb+srv://…';
  return setting(fallback, about, reach, String, z.string().regex(/^mongodb(\+srv)?:\/\/[^/]/, message));
};

/** One of some words, in capitals or not. */
export const oneOf = <const W extends string>(
  words: readonly W[],
  fallback: W,
  about: string,
  reach: Reach = {},
) => setting(fallback, about, reach, (value) => value.toUpperCase(), z.enum(words));
