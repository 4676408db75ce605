// Which tests reach a file: the nearest of those that import it, or import what imports it; and, since whole systems
// import nothing of what they start, those that stand for the part of the system that the file belongs to.
import { globSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';

const importPattern = /(?:from|import\()\s*'(\.[^']+\.ts)'/g;

const importersOf = (): Map<string, string[]> => {
  const importers = new Map<string, string[]>();
  const add = (imported: string, by: string): void => {
    importers.set(imported, [...(importers.get(imported) ?? []), by]);
  };
  for (const file of globSync('{lib,functions,test}/**/*.ts')) {
    for (const [, path = ''] of readFileSync(file, 'utf8').matchAll(importPattern))
      add(normalize(join(dirname(file), path)), file);
    // It imports them by the names in the catalogue.
    if (dirname(file) === 'test/support/domains') add(file, 'test/support/entries.ts');
  }
  return importers;
};

const isTest = (file: string): boolean => /^test\/(unit|integration|contract)\/.*\.test\.ts$/.test(file);

/** Parts of the system, by how the paths of their files begin, and the files of `test/e2e` for each; the first one fits. */
const parts: [RegExp, string[]][] = [
  [/^lib\/(local|deploy)\//, ['local-gateway', 'recovery', 'sls-invoke']],
  [/^(lib|functions)\/baseline\//, ['baseline']],
  [/^(lib|functions)\/tickets\//, ['tickets', 'tickets-list', 'tickets-consistency']],
  [/^(lib|functions)\/products\//, ['products', 'products-suppliers']],
  [/^(lib|functions)\/orders\//, ['orders', 'history']],
  [/^(lib|functions)\/records\//, ['records', 'history']],
  [/^(lib\/core|lib\/platform|functions)\/ops\//, ['operators', 'access']],
  [/^functions\/(console|docs|documents)\.ts/, ['docs', 'document']],
  [/^lib\/platform\/http\//, ['tickets-conditions', 'bad-input', 'local-gateway']],
  [/^lib\/core\/(commands|stores)\//, ['tickets', 'records']],
  [/^lib\/core\/queries\//, ['tickets-list', 'tickets-consistency', 'history']],
  [/dead-letter|letter-|discard|redrive/, ['dead-letters', 'operators', 'operations']],
  [/^/, ['operations', 'operators']],
];

/** It reads every file, and imports none. */
const ofAll = 'test/unit/architecture.test.ts';

/** Up to `most` test files by their distance from the file, and those of whole systems. */
export const createCovering = () => {
  const importers = importersOf();
  return (file: string, most: number): string[] => {
    const seen = new Set([file]);
    // A set goes on with what is added to it meanwhile.
    for (const one of seen) for (const by of importers.get(one) ?? []) seen.add(by);
    const [, systems = []] = parts.find(([pattern]) => pattern.test(file)) ?? [];
    return [
      ofAll,
      ...[...seen].filter(isTest).slice(0, most),
      ...systems.map((name) => `test/e2e/${name}.test.ts`),
    ];
  };
};
