// The one way to check what a caller says against a schema.
import type * as z from 'zod';
import { AppError, type FieldError } from '../core/errors.ts';

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

/** @throws AppError `invalid_input` with one entry for each bad field, if there is any. */
const refuse = (found: FieldError[]): void => {
  const errors = [...Map.groupBy(found, ({ path }) => path).values()]
    .flatMap(([one]) => one ?? [])
    .slice(0, mostErrors);
  const [first] = errors;
  if (first === undefined) return;
  throw new AppError('invalid_input', first.path === '' ? first.message : `${first.path}: ${first.message}`, {
    errors,
  });
};

/**
 * The input in the schema's shape. `faults` are those that were found before: one answer names them all.
 * @throws AppError `invalid_input` with one entry for each bad field.
 */
export const parseInput = <T extends z.ZodType>(
  schema: T,
  input: unknown,
  faults: FieldError[] = [],
): z.output<T> => {
  const parsed = schema.safeParse(input);
  refuse([...faults, ...(parsed.error?.issues ?? []).flatMap(toFieldErrors)]);
  if (!parsed.success) throw new AppError('invalid_input', 'is not valid');
  return parsed.data;
};

/** What is wrong with the input, if anything. */
export const findFaults = (schema: z.ZodType, input: unknown): FieldError[] =>
  (schema.safeParse(input).error?.issues ?? []).flatMap(toFieldErrors);
