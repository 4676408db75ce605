// Pages that go on after the last row that was seen, along the index that the list is sorted by: page 1,000 costs what
// page 1 does. Guarantees: no row twice or left out because of rows that come or go meanwhile.
import * as z from 'zod';

const kinds = {
  date: z.int().min(-8.64e15).max(8.64e15),
  number: z.number(),
  text: z.string().max(300),
};

type Kind = keyof typeof kinds;
type Value = Date | number | string;
type Key = [field: string, direction: 1 | -1, kind: Kind];

const fromText = (kind: Kind, value: unknown): Value => {
  const parsed = kinds[kind].parse(value);
  return kind === 'date' ? new Date(parsed) : parsed;
};

const toText = (value: unknown): unknown => (value instanceof Date ? value.getTime() : value);

/**
 * The order of a list, for its `find`, its parameter `after` and its next page. The last key must be unique, and an index
 * must have all keys in this order.
 */
export const keyset = (...keys: Key[]) => {
  const decode = (text: string): Value[] => {
    const values = z
      .array(z.unknown())
      .length(keys.length)
      .parse(JSON.parse(Buffer.from(text, 'base64url').toString()));
    return keys.map(([, , kind], index) => fromText(kind, values[index]));
  };

  const cursorOf = (row: object): string => {
    const values = new Map<string, unknown>(Object.entries(row));
    return Buffer.from(JSON.stringify(keys.map(([field]) => toText(values.get(field))))).toString(
      'base64url',
    );
  };

  return {
    /** For `sort`. */
    sort: Object.fromEntries(keys.map(([field, direction]) => [field, direction])),

    /** The parameter `after`: a cursor that this list gave. */
    after: z
      .string()
      .max(1_000)
      .transform((text, context): Value[] => {
        try {
          return decode(text);
        } catch {
          context.addIssue({ code: 'custom', message: 'is not a cursor of this list' });
          return z.NEVER;
        }
      }),

    /** What comes after a cursor, to be put beside the list's own filter. */
    following(after: Value[] | undefined): Record<string, unknown> {
      if (after === undefined) return {};
      const beyond = keys.map(([field, direction], index) => ({
        ...Object.fromEntries(keys.slice(0, index).map(([before], at) => [before, after[at]])),
        [field]: { [direction === 1 ? '$gt' : '$lt']: after[index] },
      }));
      const [[first, direction] = ['_id', 1]] = keys;
      // The first condition alone bounds the index; the others only pass over what is equal in it.
      return { $and: [{ [first]: { [direction === 1 ? '$gte' : '$lte']: after[0] } }, { $or: beyond }] };
    },

    /** The page in `limit + 1` rows, and the parameters of the next one if there is one. */
    page<R extends object>(rows: R[], limit: number): { rows: R[]; next?: { after: string } } {
      const last = rows.length > limit ? rows[limit - 1] : undefined;
      return {
        rows: rows.slice(0, limit),
        ...(last === undefined ? {} : { next: { after: cursorOf(last) } }),
      };
    },
  };
};
