// From what stands in a form to a request.
import { type Call, type Field, typeOf } from '../../api/openapi.ts';

/** By place and name, as text. */
export type Values = Record<string, string>;

export const keyOf = ({ place, name }: Field): string => `${place}.${name}`;

export const isJson = ({ schema }: Field): boolean => ['array', 'object'].includes(typeOf(schema));

export const textOf = (value: unknown): string => {
  if (value === undefined || value === null) return '';
  return typeof value === 'object' ? JSON.stringify(value, null, 2) : String(value);
};

/** The ids that answers have given, by the first part of the path: the next call is often about the same thing. */
const lastIds = new Map<string, string>();

const areaOf = (path: string): string => path.split('/')[1] ?? '';

export const rememberId = ({ path }: Call, body: unknown): void => {
  if (typeof body === 'object' && body !== null && 'id' in body) lastIds.set(areaOf(path), String(body.id));
};

export const firstValues = ({ path, fields }: Call): Values =>
  Object.fromEntries(
    fields.map((field) => {
      const known = field.place === 'path' && field.name === 'id' ? lastIds.get(areaOf(path)) : undefined;
      return [keyOf(field), known ?? (field.isRequired ? textOf(field.example) : '')];
    }),
  );

export interface Prepared {
  path: string;
  query: Record<string, string>;
  headers: Record<string, string>;
  body: Record<string, unknown> | undefined;
  /** The fields whose text is no JSON. */
  faults: Record<string, string>;
}

/** A number stays text if it is none: the answer then says so, as it would to any caller. */
const bodyValue = (field: Field, text: string): unknown => {
  const type = typeOf(field.schema);
  if (type === 'boolean') return text === 'true';
  if (type !== 'number' && type !== 'integer') return text;
  const value = Number(text);
  return Number.isNaN(value) ? text : value;
};

const parse = (text: string): { value?: unknown; fault?: string } => {
  try {
    return { value: JSON.parse(text) };
  } catch {
    return { fault: 'is no JSON' };
  }
};

// An empty field is left out, but for a required text, which may be empty.
const isSent = (field: Field, text: string): boolean =>
  text !== '' || (field.place === 'body' && field.isRequired && typeOf(field.schema) === 'string');

export const prepare = ({ path, fields, hasBody }: Call, values: Values): Prepared => {
  const prepared: Prepared = { path, query: {}, headers: {}, body: hasBody ? {} : undefined, faults: {} };
  for (const field of fields) {
    const { name, place } = field;
    const text = values[keyOf(field)] ?? '';
    if (place === 'path')
      prepared.path = prepared.path.replace(new RegExp(`\\{${name}\\+?\\}`), encodeURIComponent(text));
    else if (!isSent(field, text)) continue;
    else if (place === 'query') prepared.query[name] = text;
    else if (place === 'header') prepared.headers[name] = text;
    else if (isJson(field)) {
      const { value, fault } = parse(text);
      if (fault === undefined) prepared.body = { ...prepared.body, [name]: value };
      else prepared.faults[keyOf(field)] = fault;
    } else prepared.body = { ...prepared.body, [name]: bodyValue(field, text) };
  }
  return prepared;
};
