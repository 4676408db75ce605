// Pages that go on after the last row that was seen, along the index that the list is sorted by: page 1,000 costs what
// page 1 does. Guarantees: no row twice or left out because of rows that come or go meanwhile. Every text that the schema
// of a cursor allows is one: it stands for a place in the order, whether there was ever a row there or not.
import * as z from 'zod';

type Value = Date | number | string;

interface Kind {
  pattern: string;
  toText(value: unknown): string;
  fromText(text: string): Value;
}

const wholeNumber = '(?:0|[1-9][0-9]{0,14})';

/** What a key may be. Neither dates before 1970 nor numbers below zero. */
const kinds = {
  date: {
    pattern: wholeNumber,
    toText: (value) => String(value instanceof Date ? value.getTime() : 0),
    fromText: (text) => new Date(Number(text)),
  },
  number: { pattern: wholeNumber, toText: String, fromText: Number },
  uuid: {
    pattern: '[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}',
    toText: String,
    fromText: (text) => text,
  },
  text: {
    pattern: '[A-Za-z0-9_-]{0,1000}',
    toText: (value) => Buffer.from(String(value)).toString('base64url'),
    fromText: (text) => Buffer.from(text, 'base64url').toString(),
  },
} satisfies Record<string, Kind>;

/** One of these names, in this order; as a number, so that its cursor looks like that of a number. */
export const ranked = (names: readonly string[]): Kind => ({
  pattern: wholeNumber,
  toText: (value) => String(names.indexOf(String(value))),
  fromText: (text) => names[Number(text)] ?? '\uffff',
});

type KindOf = keyof typeof kinds | Kind;

type Key = [field: string, direction: 1 | -1, kind: KindOf];

/** The form of a cursor of these kinds: its schema, as text and as values, and the way back. */
export const cursorOf = (...wanted: KindOf[]) => {
  const chosen: Kind[] = wanted.map((kind) => (typeof kind === 'string' ? kinds[kind] : kind));
  const pattern = `^${chosen.map((kind) => kind.pattern).join('\\.')}$`;
  const text = z.string().regex(new RegExp(pattern), { error: 'is not a cursor of this list' });
  const decode = (cursor: string): Value[] => {
    const parts = cursor.split('.');
    return chosen.map((kind, index) => kind.fromText(parts[index] ?? ''));
  };
  return {
    text,
    decode,
    schema: text.transform(decode).meta({ json: { type: 'string', pattern } }),
    encode: (values: unknown[]): string => chosen.map((kind, index) => kind.toText(values[index])).join('.'),
  };
};

/**
 * The order of a list, for its `find`, its parameter `after` and its next page. The last key must be unique, and an index
 * must have all keys in this order.
 */
export const keyset = (...keys: Key[]) => {
  const cursor = cursorOf(...keys.map(([, , kind]) => kind));

  const encode = (row: object): string => {
    const values = new Map<string, unknown>(Object.entries(row));
    return cursor.encode(keys.map(([field]) => values.get(field)));
  };

  return {
    /** For `sort`. */
    sort: Object.fromEntries(keys.map(([field, direction]) => [field, direction])),

    /** The parameter `after`: a cursor that this list gave. */
    after: cursor.schema,

    /** The same as it is written, for a list of several orders, and what it stands for in this one. */
    afterText: cursor.text,
    decode: cursor.decode,

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
        ...(last === undefined ? {} : { next: { after: encode(last) } }),
      };
    },
  };
};
