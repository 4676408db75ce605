// Removes each sample domain in a copy of the project, in the way that the README names, and holds what is left against
// the type check and the unit tests. `node scripts/check-removal.ts`, or with the names of some of the samples.
import { existsSync } from 'node:fs';
import { type Copy, copyProject, expectOk, unitTests } from './copy.ts';

const samples = ['tickets', 'products', 'orders', 'records', 'baseline'].filter((name) =>
  existsSync(`lib/${name}`),
);
/** Files outside its own that may be touched for it. */
const limit = 3;

const ownFolders = (name: string): string[] => [`lib/${name}/`, `functions/${name}/`];

/** Its tests: what has its name in front, or what holds something against it. */
const isOwnTest = (name: string, file: string): boolean => {
  const word = name.replace(/s$/, 's?');
  return file.startsWith('test/') && new RegExp(`(/|-against-)${word}[-.][^/]*$`).test(file);
};

const withoutLine = (list: string, name: string): string =>
  list
    .replace(new RegExp(`^import \\{ ${name} \\} from .*\\n`, 'm'), '')
    .replace(new RegExp(`(?<=createCatalogue\\(\\[.*)\\b${name}(, )?`, 's'), '')
    .replace(', ]', ']');

const withoutFunctions = (yml: string, name: string): string =>
  yml
    .replaceAll(new RegExp(`^  \\w+:\\n    handler: functions/${name}/.*\\n(?:    .*\\n)*`, 'gm'), '')
    .replaceAll(new RegExp(`^  \\w+: \\{ handler: functions/${name}/.*\\n`, 'gm'), '');

/** Gives the files outside its own that are to be changed by hand. */
const remove = (copy: Copy, name: string): string[] => {
  const isOwn = (file: string): boolean =>
    ownFolders(name).some((folder) => file.startsWith(folder)) || isOwnTest(name, file);
  for (const file of copy.files.filter(isOwn)) copy.remove(file);
  copy.write('lib/domains.ts', withoutLine(copy.read('lib/domains.ts'), name));
  copy.write('serverless.yml', withoutFunctions(copy.read('serverless.yml'), name));
  // The page speaks of it. The tables of the pages follow from the code: `npm run docs`.
  const changed = copy.files.filter((file) => !isOwn(file) && copy.isChanged(file));
  for (const page of ['README.md', 'lib/deploy/README.md']) copy.write(page, copy.read(page));
  for (const table of ['settings-table', 'costs-table'])
    expectOk(`${name} is gone: npm run docs`, copy.run('node', `test/support/${table}.ts`));
  return ['README.md', ...changed];
};

const copy = copyProject();
const names = process.argv.slice(2);
for (const name of names.length > 0 ? names : samples) {
  const changed = remove(copy, name);
  console.log(`${name}: ${changed.length} files outside its own (${changed.join(', ')}); at most ${limit}`);
  expectOk(`${name} is gone: few files`, { ok: changed.length <= limit, text: changed.join('\n') });
  expectOk(`${name} is gone: types`, copy.run('tsc', '--incremental', 'false'));
  expectOk(`${name} is gone: unit tests`, copy.run('vitest', ...unitTests));
  copy.reset();
}
