// Templates are what a domain looks like, with `sample` for its name. Lines that begin with //STATE or //EVENTS are for
// one of the stores alone.
import { readFileSync } from 'node:fs';
import type { Names } from './names.ts';

export type StoreKind = 'state' | 'events';

const marks: Record<StoreKind, string> = { state: '//STATE', events: '//EVENTS' };

const linesFor = (kind: StoreKind, text: string): string =>
  text
    .split('\n')
    .flatMap((line) => {
      const mark = Object.values(marks).find((one) => line.startsWith(one));
      if (mark === undefined) return line;
      return mark === marks[kind] ? line.slice(mark.length).replace(/^ /, '') : [];
    })
    .join('\n');

export const named = (text: string, { many, one, type }: Names): string =>
  text
    .replaceAll('Samples', `${type}s`)
    .replaceAll('Sample', type)
    .replaceAll('samples', many)
    .replaceAll('sample', one);

export const template = (path: string, names: Names, kind: StoreKind = 'state'): string =>
  named(linesFor(kind, readFileSync(new URL(`templates/${path}.txt`, import.meta.url), 'utf8')), names);
