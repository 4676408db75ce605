// The OpenAPI document as it holds here: where operations are open to anybody, none of them asks for a token.
import * as z from 'zod';

const shape = z.looseObject({ paths: z.record(z.string(), z.record(z.string(), z.looseObject({}))) });

const mapValues = <T, U>(values: Record<string, T>, change: (value: T) => U): Record<string, U> =>
  Object.fromEntries(Object.entries(values).map(([key, value]) => [key, change(value)]));

/** The same document without the token of operators. */
export const withoutToken = <D extends object>(document: D): D => ({
  ...document,
  paths: mapValues(shape.parse(document).paths, (methods) =>
    mapValues(methods, (operation) => ({ ...operation, security: [] })),
  ),
});
