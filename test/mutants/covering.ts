// Which tests reach a file: the nearest of those that import it, or import what imports it; and those that stand for the
// part of the system that the file belongs to, though they are far from it: whole systems import nothing of what they start.
import { globSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';

const importPattern = /(?:from|import\()\s*'(\.[^']+\.ts)'/g;
/** By a path that is put together, tests import functions, one after the other. */
const computedPattern = /import\((?:new URL|pathToFileURL)\(/;

type Graph = Map<string, string[]>;

const readGraph = (): { importers: Graph; imports: Graph } => {
  const [importers, imports]: [Graph, Graph] = [new Map(), new Map()];
  const add = (imported: string, by: string): void => {
    importers.set(imported, [...(importers.get(imported) ?? []), by]);
    imports.set(by, [...(imports.get(by) ?? []), imported]);
  };
  const functions = globSync('functions/**/*.ts');
  for (const file of globSync('{lib,functions,test}/**/*.ts')) {
    const code = readFileSync(file, 'utf8');
    for (const [, path = ''] of code.matchAll(importPattern)) add(normalize(join(dirname(file), path)), file);
    if (isTest(file) && computedPattern.test(code)) for (const one of functions) add(one, file);
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

/**
 * Parts of the system, by how the paths of their files begin; the first one fits. For each, the files that stand for it
 * and are not the nearest, since they start whole systems or use most of the machine.
 */
const parts: [RegExp, { integration?: string[]; e2e: string[] }][] = [
  [/^lib\/(local|deploy)\//, { e2e: ['local-gateway', 'recovery', 'sls-invoke'] }],
  [/^(lib|functions)\/baseline\//, { e2e: ['baseline'] }],
  [/^(lib|functions)\/tickets\//, { e2e: ['tickets', 'tickets-list', 'tickets-consistency'] }],
  [/^(lib|functions)\/products\//, { e2e: ['products', 'products-suppliers'] }],
  [/^(lib|functions)\/orders\//, { e2e: ['orders', 'history'] }],
  [/^(lib|functions)\/records\//, { e2e: ['records', 'history'] }],
  [
    /^(lib\/core|lib\/platform|functions)\/ops\//,
    { integration: ['operator-actions', 'single-calls-operations'], e2e: ['operators', 'access'] },
  ],
  [/^functions\/(console|docs|documents)\.ts/, { e2e: ['docs', 'document'] }],
  [/^lib\/platform\/http\//, { e2e: ['tickets-conditions', 'bad-input', 'local-gateway'] }],
  [
    /^lib\/core\/(commands|stores)\//,
    {
      integration: ['fault-points-command', 'fault-points-retention', 'concurrent-histories', 'histories'],
      e2e: ['tickets', 'records'],
    },
  ],
  [/^lib\/core\/queries\//, { e2e: ['tickets-list', 'tickets-consistency', 'history'] }],
  [
    /dead-letter|letter-|discard|redrive/,
    {
      integration: ['fault-points-redrive', 'many-dead-letters', 'single-calls-operations'],
      e2e: ['dead-letters', 'operators', 'operations'],
    },
  ],
  [
    /^lib\/core\/relay\//,
    {
      integration: [
        'relay-alarm',
        'relay-sleeps',
        'relays-at-once',
        'unsendable',
        'fault-points-relay',
        'fault-points-sleep',
        'single-calls-operations',
      ],
      e2e: ['operations', 'operators'],
    },
  ],
  [
    /^lib\/core\/repair\//,
    {
      integration: [
        'fault-points-rebuild',
        'fault-points-projector',
        'rebuild-live',
        'mends',
        'effects',
        'single-calls-operations',
      ],
      e2e: ['operations', 'operators'],
    },
  ],
  [
    /^/,
    {
      integration: ['projecting', 'fault-points-projector', 'histories', 'single-calls-subscribers', 'mends'],
      e2e: ['operations', 'operators'],
    },
  ],
];

/** It reads every file, and imports none. */
const ofAll = 'test/unit/architecture.test.ts';

/** Up to `most` test files, the nearest first, of several as near those that reach least; and those that stand for its part. */
export const createCovering = () => {
  const { importers, imports } = readGraph();
  return (file: string, most: number): string[] => {
    const found = [...distancesFrom(file, importers)].filter(([one]) => isTest(one));
    const ranked = found
      .map(([test, steps]) => ({ test, steps, reach: distancesFrom(test, imports).size }))
      .sort((one, other) => one.steps - other.steps || one.reach - other.reach);
    const [, { integration = [], e2e } = { e2e: [] }] = parts.find(([pattern]) => pattern.test(file)) ?? [];
    const covering = [
      ofAll,
      ...ranked.slice(0, most).map(({ test }) => test),
      ...integration.map((name) => `test/integration/${name}.test.ts`),
      ...e2e.map((name) => `test/e2e/${name}.test.ts`),
    ];
    return [...new Set(covering)];
  };
};
