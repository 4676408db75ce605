// The fields that commands and queries are made of: schemas for what a caller says.
import * as z from 'zod';
import { findMinor, mostMinor, toMinor } from './money.ts';

// NUL breaks database keys, the last two code points of the plane no queue takes, a lone surrogate is stored as another.
const unstorable = '\\u0000\\ufffe\\uffff';
// Spelled out: every language has a `\s` of its own.
const blank =
  '\\u0009-\\u000d\\u001c-\\u0020\\u0085\\u00a0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000\\ufeff';

/** What the pattern of a text says to machines; `readable`: there is something to read in it. */
const storablePattern = `^[^${unstorable}]*$`;
const readablePattern = `^[^${unstorable}]*[^${blank}${unstorable}][^${unstorable}]*$`;

const isStorable = new RegExp(storablePattern);
// The whole pattern would try each way to split a long text that has a bad character.
const isReadable = new RegExp(`[^${blank}]`);

/** JSON Schema counts code points, and JavaScript the halves of a pair as well. */
const hasAtMost = (max: number) => (value: string) =>
  value.length <= max || (value.length <= 2 * max && [...value].length <= max);

/** Any text of up to `max` characters. */
export const anyText = (max: number) =>
  z
    .string()
    .refine(hasAtMost(max), { error: `may have up to ${max} characters` })
    .meta({ json: { type: 'string', maxLength: max } });

const storable = (max: number) =>
  z
    .string()
    .refine((value) => value.isWellFormed() && isStorable.test(value), {
      error: 'has a character that cannot be stored',
      abort: true,
    })
    .refine(hasAtMost(max), { error: `may have up to ${max} characters` });

/** Text of up to `max` characters that may be empty. */
export const optionalText = (max: number) =>
  storable(max).meta({ json: { type: 'string', maxLength: max, pattern: storablePattern } });

/** Text with something to read in it; not one of `but`. */
export const requiredText = (max: number, { but = [] }: { but?: string[] } = {}) =>
  storable(max)
    .refine((value) => isReadable.test(value), { error: 'must not be empty' })
    .refine((value) => !but.includes(value), { error: `must not be ${but.join(' or ')}` })
    .meta({
      json: {
        type: 'string',
        minLength: 1,
        maxLength: max,
        pattern: readablePattern,
        ...(but.length === 0 ? {} : { not: { enum: but } }),
      },
    });

/** An id that we gave out. */
export const uuid = z.uuid({ error: 'is not an id' }).transform((id) => id.toLowerCase());

/** A whole number in a query string. */
export const wholeNumber = (min: number, max: number) =>
  z
    .string()
    .regex(/^\d{1,16}$/, { error: 'must be a whole number', abort: true })
    .transform(Number)
    .pipe(z.int().min(min).max(max))
    .meta({ json: { type: 'integer', minimum: min, maximum: max } });

/** Rows of one page, in a query string. */
export const pageSize = (fallback: number) => wholeNumber(1, 100).default(fallback);

/** Rows that a page comes after. */
export const skip = wholeNumber(0, 10_000).default(0);

/** A whole number in a body. */
export const quantity = (min: number, max: number) =>
  z
    .int()
    .min(min)
    .max(max)
    .refine((value) => !Object.is(value, -0), { error: 'must not be negative' });

const notMoney = 'must be an amount from 0, with at most 2 decimals';

export const moneyJson = {
  type: 'number',
  // Nothing else in JSON Schema says it, and not every validator divides exactly.
  description: 'With at most 2 decimals; a check that divides in binary needs a tolerance',
  minimum: 0,
  maximum: mostMinor / 100,
  multipleOf: 0.01,
};

/** An amount in a body, as minor units. */
export const money = z
  .number()
  .transform((amount, context) => {
    try {
      return toMinor(amount);
    } catch {
      context.addIssue({ code: 'custom', message: notMoney });
      return z.NEVER;
    }
  })
  .meta({ json: moneyJson });

/** An amount in a query string, as minor units. */
export const moneyText = z
  .string()
  .transform((text, context) => {
    const minor = findMinor(text);
    if (minor !== undefined) return minor;
    context.addIssue({ code: 'custom', message: notMoney });
    return z.NEVER;
  })
  .meta({ json: moneyJson });

const notInstant = 'must be an instant, such as 2026-11-21T10:00:00Z';

/** An instant in a query string (RFC 3339, with any offset, in capitals or not). */
export const instant = z
  .string()
  .regex(/:\d\d:\d\d/, { error: notInstant, abort: true })
  .transform((text) => text.toUpperCase())
  .pipe(z.iso.datetime({ offset: true, error: notInstant }))
  .transform((text) => new Date(text))
  .meta({ json: { type: 'string', format: 'date-time' } });

export const timeoutMs = wholeNumber(0, 5_000);
export const expectedVersion = wholeNumber(0, Number.MAX_SAFE_INTEGER);

const idAtVersionForm = /^([0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12})@(\d{1,15})$/i;

/** `<id>@<version>`, as in `consistent_with`. */
export const idAtVersion = z
  .string()
  .regex(idAtVersionForm, { error: 'must be <id>@<version>', abort: true })
  .transform((value) => {
    const [, id = '', version = ''] = idAtVersionForm.exec(value) ?? [];
    return { id: id.toLowerCase(), version: Number(version) };
  });
