import { isObject, type Json } from './answer.ts';
import type { CommandEndpoint } from './endpoints.ts';

/** A body that an endpoint must refuse. `field` is the one to be named in `errors`, if it is one field's fault. */
export interface BadBody {
  what: string;
  bytes: string | Uint8Array;
  contentType?: string;
  status: number | readonly number[];
  field?: string;
}

/** Every row of the «Bad input» list that is a matter of the body. */
export const badBodies = (endpoint: CommandEndpoint): BadBody[] => {
  return [
    ...notJson(endpoint.body),
    ...tooMuch(endpoint.body),
    ...strangeFields(endpoint.body),
    ...badFields(endpoint),
  ];
};

const notJson = (body: Json): BadBody[] => {
  const json = JSON.stringify(body);
  const refused = (what: string, bytes: string | Uint8Array) => ({ what, bytes, status: 400 });
  return [
    refused('an empty body', ''),
    refused('a body of white space', ' \n '),
    refused('a body cut short', json.slice(0, -2)),
    refused('two bodies in one', json + json),
    refused('a comma too many', `${json.slice(0, -1)},}`),
    ...['null', '[]', '"x"', '5', 'true', `[${json}]`].map((bytes) =>
      refused(`the body ${bytes.slice(0, 5)}`, bytes),
    ),
    refused(
      'invalid UTF-8',
      Buffer.from(json.replace(/":"./, '":"\x00'), 'latin1').map((it) => (it === 0 ? 0xff : it)),
    ),
    refused('NaN', spoil(body, firstKey(body), 'NaN')),
    { what: 'text', bytes: json, contentType: 'text/plain', status: 415 },
    { what: 'a form', bytes: 'subject=x', contentType: 'application/x-www-form-urlencoded', status: 415 },
    { what: 'no content type', bytes: json, contentType: '', status: 415 },
  ];
};

const tooMuch = (body: Json): BadBody[] => {
  const deep = '['.repeat(20_000) + ']'.repeat(20_000);
  const keys = (count: number) =>
    JSON.stringify(Object.fromEntries(Array.from({ length: count }, (_, n) => [`k${n}`, 1])));
  const field = firstKey(body);
  return [
    {
      what: 'a body over 128 KiB',
      bytes: spoil(body, field, JSON.stringify('x'.repeat(128 * 1024))),
      status: 413,
    },
    {
      what: 'a body of 1 MB',
      bytes: JSON.stringify({ ...body, [field]: 'x'.repeat(1_000_000) }),
      status: 413,
    },
    { what: '100,000 keys', bytes: keys(100_000), status: 413 },
    { what: '9,000 keys', bytes: keys(9000), status: 400 },
    { what: 'a body nested 20,000 deep', bytes: deep, status: 400 },
    { what: 'a field nested 20,000 deep', bytes: spoil(body, field, deep), status: 400 },
    {
      what: 'objects nested 10,000 deep',
      bytes: `${'{"a":'.repeat(10_000)}1${'}'.repeat(10_000)}`,
      status: 400,
    },
  ];
};

const strangeFields = (body: Json): BadBody[] => {
  const names = [
    'colour',
    'version',
    '_id',
    'id',
    '__proto__',
    'constructor',
    'prototype',
    '$set',
    'a.b',
    '',
  ];
  return names.map((name) => ({
    what: `the unknown field «${name}»`,
    bytes: `${JSON.stringify(body).slice(0, -1)},${JSON.stringify(name)}:{"polluted":true}}`,
    status: 400,
  }));
};

const badFields = ({ body, blankAllowed = [] }: CommandEndpoint): BadBody[] => {
  return Object.entries(body).flatMap(([field, valid]) => {
    const values = typeof valid === 'number' ? badNumbers : badStrings(blankAllowed.includes(field));
    const rows =
      typeof valid === 'number' || typeof valid === 'string' ? { ...badAnything, ...values } : badAnything;
    const { [field]: _, ...without } = body;
    const missing = { what: `no ${field}`, bytes: JSON.stringify(without), status: 400, field };
    const row = ([what, json]: [string, string]) => ({
      what: `${field}: ${what}`,
      bytes: spoil(body, field, json),
      status: 400,
      field,
    });
    return [missing, ...Object.entries(rows).map(row)];
  });
};

const badAnything: Record<string, string> = {
  'a database operator': '{"$gt":""}',
  'an operator in a list': '[{"$ne":null}]',
  null: 'null',
  'an empty object': '{}',
  'an empty list': '[]',
  true: 'true',
};

const badNumbers: Record<string, string> = {
  'a number as text': '"5"',
  'too large for a double': '1e309',
  'minus zero': '-0',
  'past the exact integers': '9007199254740993',
  'three decimals': '1.005',
  'below zero': '-1',
};

const badStrings = (blankAllowed: boolean): Record<string, string> => {
  const blank: Record<string, string> = blankAllowed
    ? {}
    : { empty: '""', 'white space alone': '" \\t\\n\\u00a0\\u2003 "' };
  return {
    ...blank,
    'a number': '5',
    'a huge number': '1e309',
    'U+0000': '"a\\u0000b"',
    'U+FFFE': '"a\\ufffeb"',
    'U+FFFF': '"a\\uffffb"',
    'a lone high surrogate': '"a\\ud800b"',
    'a lone low surrogate': '"a\\udc00"',
    '120,000 characters': JSON.stringify('x'.repeat(120_000)),
  };
};

const firstKey = (body: Json): string => {
  return Object.keys(body)[0] ?? '';
};

/** The body's JSON with one field's value replaced by text that need not be JSON. */
const spoil = (body: Json, field: string, json: string): string => {
  const marker = 'SPOILED';
  if (!isObject(body)) return json;
  return JSON.stringify({ ...body, [field]: marker }).replace(`"${marker}"`, () => json);
};
