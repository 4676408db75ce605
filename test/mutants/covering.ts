// Which tests reach a file: the nearest of those that import it, or import what imports it; and, since whole systems
// import nothing of what they start, those that stand for the part of the system that the file belongs to.
import { globSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';

const importPattern = /(?:from|import\()\s*'(\.[^']+\.ts)'/g;

type Graph = Map<string, string[]>;

const readGraph = (): { importers: Graph; imports: Graph } => {
  const [importers, imports]: [Graph, Graph] = [new Map(), new Map()];
  const add = (imported: string, by: string): void => {
    importers.set(imported, [...(importers.get(imported) ?? []), by]);
    imports.set(by, [...(imports.get(by) ?? []), imported]);
  };
  for (const file of globSync('{lib,functions,test}/**/*.ts')) {
    for (const [, path = ''] of readFileSync(file, 'utf8').matchAll(importPattern))
      add(normalize(join(dirname(file), path)), file);
    // It imports them by the names in the catalogue.
    if (dirname(file) === 'test/support/domains') add(file, 'test/support/entries.ts');
  }
  return { importers, imports };
};

/** All that can be reached, with the number of steps to it. */
const distancesFrom = (start: string, graph: Graph): Map<string, number> => {
  const distances = new Map([[start, 0]]);
  // A map goes on with what is added to it meanwhile.
  for (const [one, steps] of distances)
    for (const next of graph.get(one) ?? []) if (!distances.has(next)) distances.set(next, steps + 1);
  return distances;
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

/** It reads every file, and imports none. In the copy, its linter knows the types of no package. */
const ofAll = 'test/unit/architecture.test.ts';

/** Up to `most` test files, the nearest first, of several as near those that reach least; and those of whole systems. */
export const createCovering = () => {
  const { importers, imports } = readGraph();
  return (file: string, most: number): string[] => {
    const found = [...distancesFrom(file, importers)].filter(([one]) => isTest(one));
    const ranked = found
      .map(([test, steps]) => ({ test, steps, reach: distancesFrom(test, imports).size }))
      .sort((one, other) => one.steps - other.steps || one.reach - other.reach);
    const [, systems = []] = parts.find(([pattern]) => pattern.test(file)) ?? [];
    return [
      ofAll,
      ...ranked.slice(0, most).map(({ test }) => test),
      ...systems.map((name) => `test/e2e/${name}.test.ts`),
    ];
  };
};
