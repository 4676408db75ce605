// The fields that requests are made of, and the one way to check a request against a schema.
import * as z from 'zod';
import { AppError, type FieldError } from '../core/errors.ts';
import { findMinor, toMinor } from '../core/money.ts';

// NUL breaks database keys, the last two code points of the plane no queue takes, a lone surrogate is stored as another.
const unstorable = ['\0', '\uFFFE', '\uFFFF'];

const isStorable = (value: string): boolean =>
  value.isWellFormed() && !unstorable.some((character) => value.includes(character));

const storable = z
  .string()
  .refine(isStorable, { error: 'has a character that cannot be stored', abort: true });

/** Text of up to `max` characters that may be empty. */
export const optionalText = (max: number) => storable.max(max);

/** Text with something to read in it. */
export const requiredText = (max: number) =>
  storable.max(max).refine((value) => value.trim() !== '', { error: 'must not be empty' });

/** An id that we gave out. */
export const uuid = z.uuid({ error: 'is not an id' }).transform((id) => id.toLowerCase());

/** A whole number in a query string. */
export const wholeNumber = (min: number, max: number) =>
  z
    .string()
    .regex(/^\d{1,15}$/, { error: 'must be a whole number', abort: true })
    .transform(Number)
    .pipe(z.int().min(min).max(max));

/** A whole number in a body. */
export const quantity = (min: number, max: number) =>
  z
    .int()
    .min(min)
    .max(max)
    .refine((value) => !Object.is(value, -0), { error: 'must not be negative' });

const notMoney = 'must be an amount from 0, with at most 2 decimals';

/** An amount in a body, as minor units. */
export const money = z.number().transform((amount, context) => {
  try {
    return toMinor(amount);
  } catch {
    context.addIssue({ code: 'custom', message: notMoney });
    return z.NEVER;
  }
});

/** An amount in a query string, as minor units. */
export const moneyText = z.string().transform((text, context) => {
  const minor = findMinor(text);
  if (minor !== undefined) return minor;
  context.addIssue({ code: 'custom', message: notMoney });
  return z.NEVER;
});

/** An instant in a query string (RFC 3339, with any offset). */
export const instant = z.iso
  .datetime({ offset: true, error: 'must be an instant, such as 2026-11-21T10:00:00Z' })
  .transform((text) => new Date(text));

export const timeoutMs = wholeNumber(0, 5_000);
export const expectedVersion = wholeNumber(0, Number.MAX_SAFE_INTEGER);

/** `<id>@<version>`, as in `consistent_with`. */
export const idAtVersion = z
  .string()
  .max(300)
  .regex(/^.+@\d{1,15}$/, { error: 'must be <id>@<version>', abort: true })
  .transform((value) => {
    const at = value.lastIndexOf('@');
    return { id: value.slice(0, at), version: Number(value.slice(at + 1)) };
  });

const nothing = z.strictObject({});

/** @throws AppError `invalid_input` where a call that takes no parameters has some. */
export const refuseParameters = (query: Record<string, string>): void => {
  parseInput(nothing, query);
};

const mostErrors = 100;

const toFieldErrors = (issue: z.core.$ZodIssue): FieldError[] => {
  const path = issue.path.map(String);
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({
      path: [...path, key].join('.').slice(0, 200),
      message: 'is not a known field',
    }));
  }
  return [{ path: path.join('.'), message: issue.message }];
};

/**
 * The input in the schema's shape.
 * @throws AppError `invalid_input` with one entry for each bad field.
 */
export const parseInput = <T extends z.ZodType>(schema: T, input: unknown): z.output<T> => {
  const parsed = schema.safeParse(input);
  if (parsed.success) return parsed.data;
  const found = parsed.error.issues.flatMap(toFieldErrors);
  const errors = [...Map.groupBy(found, ({ path }) => path).values()]
    .flatMap(([one]) => one ?? [])
    .slice(0, mostErrors);
  const [first] = errors;
  throw new AppError(
    'invalid_input',
    first?.path ? `${first.path}: ${first.message}` : (first?.message ?? 'is not valid'),
    { errors },
  );
};
