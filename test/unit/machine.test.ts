// Whoever has cloned Tandem takes a newer machine by replacing lib/core, lib/platform, lib/local and lib/deploy. So
// nothing in them may know a domain.
import { globSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { catalogue } from '../../lib/domains.ts';

const files = globSync('lib/{core,platform,local,deploy}/**/*.{ts,yml}');

const withoutComments = (code: string): string =>
  code
    .replaceAll(/\/\*[\s\S]*?\*\//g, '')
    .replaceAll(/^\s*(\/\/|#).*$/gm, '')
    // TypeScript's own type of that name.
    .replaceAll('Record<', '');

const names = [
  ...catalogue.queueNames,
  ...catalogue.streams.flatMap(({ type, eventTypes }) => [type, ...Object.keys(eventTypes)]),
  ...catalogue.all.flatMap(({ readModels }) => readModels.map(({ collection }) => collection)),
].filter((name) => name !== name.toLowerCase() || /[-_]/.test(name));

// A domain's own name may be a word of everyday English: it counts in a path, or as a text of its own.
const places = catalogue.all.map(({ name }) => new RegExp(`[/']${name}\\b(?!\\.ts)`));

test('finds the files that it judges', () => {
  expect(files.length).toBeGreaterThan(80);
  expect(names.length).toBeGreaterThan(15);
});

test.each(files)('%s knows no domain: what it needs of one comes from lib/domains.ts', (file) => {
  const code = withoutComments(readFileSync(file, 'utf8'));
  const words = new Set(code.match(/[\w-]+/g));
  expect([
    ...names.filter((name) => words.has(name)),
    ...places.flatMap((place) => code.match(place) ?? []),
  ]).toEqual([]);
});
