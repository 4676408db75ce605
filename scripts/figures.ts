// How much wiring there is, in figures that may not grow: `node scripts/figures.ts`. The lines that a new domain takes
// outside its own folders are counted by check-new.ts, the files that a removed one touches by check-removal.ts.
import { globSync, readFileSync } from 'node:fs';
import { catalogue } from '../lib/domains.ts';

const read = (file: string): string => readFileSync(file, 'utf8');
const lines = (file: string): number => read(file).split('\n').length - 1;

const code = [...globSync('{lib,functions,console/app}/**/*.{ts,tsx,yml}'), 'serverless.yml'].map(read);
const spellings = (name: string): number =>
  code.reduce(
    (sum, text) => sum + (text.match(new RegExp(`(?<![\\w-])${name}(?![\\w-])`, 'g'))?.length ?? 0),
    0,
  );

const figures = [
  ...catalogue.subscribers.map(({ name }) => ({
    what: `spellings of ${name} outside the tests`,
    is: spellings(name),
    limit: 3,
  })),
  { what: 'lines of serverless.yml', is: lines('serverless.yml'), limit: 280 },
  { what: 'lines of README.md', is: lines('README.md'), limit: 250 },
];

for (const { what, is, limit } of figures) {
  console.log(`${is <= limit ? 'ok' : 'TOO MANY'}  ${what}: ${is} (at most ${limit})`);
  if (is > limit) process.exitCode = 1;
}
