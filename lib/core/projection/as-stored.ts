// What a document is once the database has it: `undefined` is gone, a lone surrogate is U+FFFD, a Map is a document.
// Guarantees: asStored(d) equals what is read after asStored(d) was written. So what is folded in memory is what is folded
// from a stored document, and what is compared with the database differs only if it differs there.

const isPlain = (value: object): boolean => {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === Array.prototype;
};

/** Dates and the driver's own types. */
const isScalar = (value: object): boolean => value instanceof Date || '_bsontype' in value;

/** Whether the database gives the value back as it is. */
const isStored = (value: unknown): boolean => {
  switch (typeof value) {
    case 'string':
      return value.isWellFormed();
    case 'number':
    case 'boolean':
      return true;
    case 'object':
      return value === null || isScalar(value) || (isPlain(value) && Object.values(value).every(isStored));
    default:
      return false;
  }
};

const isKept = (value: unknown): boolean => !['undefined', 'function', 'symbol'].includes(typeof value);

const convert = (value: unknown): unknown => {
  if (!isKept(value)) return null;
  if (typeof value === 'string') return value.toWellFormed();
  if (typeof value === 'bigint') return Number(value);
  if (typeof value !== 'object' || value === null || isScalar(value)) return value;
  if (Array.isArray(value)) return Array.from(value, convert);
  const entries: [string, unknown][] = value instanceof Map ? [...value] : Object.entries(value);
  return Object.fromEntries(
    entries.filter(([, field]) => isKept(field)).map(([name, field]) => [name, convert(field)]),
  );
};

/** Gives the document itself if nothing is to be changed: most need no copy. */
export const asStored = <T extends object>(document: T): T =>
  isStored(document) ? document : (convert(document) as T);
