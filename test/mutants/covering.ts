// Which tests reach a file, the nearest first: those that import it, then those that import what imports it.
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

/** Up to `most` test files by their distance from the file. */
export const createCovering = () => {
  const importers = importersOf();
  return (file: string, most: number): string[] => {
    const seen = new Set([file]);
    // A set goes on with what is added to it meanwhile.
    for (const one of seen) for (const by of importers.get(one) ?? []) seen.add(by);
    return [...seen].filter(isTest).slice(0, most);
  };
};
