// The one way to check what a caller says against a schema.
import * as z from 'zod';
import { AppError, type FieldError } from '../core/errors.ts';

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
