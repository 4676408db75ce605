import { spawnSync } from 'node:child_process';
import { existsSync, globSync, readdirSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { catalogue } from '../../lib/domains.ts';
import { findCycles, type Import, reach, readImports } from '../support/imports.ts';

const imports = readImports(['lib', 'functions']);
const machine = ['core', 'platform', 'local', 'deploy'];
const domains = readdirSync('lib', { withFileTypes: true })
  .filter((it) => it.isDirectory() && !machine.includes(it.name))
  .map(({ name }) => name);
const internal = (path: string) => /^(lib|functions|test)\//.test(path);
const show = ({ from, to }: Import) => `${from} → ${to}`;

/** Imports of the files that match, that go to none of the allowed places (packages are judged apart). */
const strays = (who: RegExp, allowed: readonly RegExp[]): string[] => {
  return imports
    .filter(({ from, to }) => who.test(from) && internal(to))
    .filter(({ to }) => !allowed.some((place) => place.test(to)))
    .map(show);
};

const packages = (who: RegExp, { types = true } = {}): string[] => {
  const found = imports.filter(
    ({ from, to, typeOnly }) => who.test(from) && !internal(to) && (types || !typeOnly),
  );
  return [...new Set(found.map(({ to }) => to))].filter((it) => !it.startsWith('node:'));
};

test('finds the imports that it judges', () => {
  expect(imports.length).toBeGreaterThan(50);
  expect(imports.filter(({ to }) => internal(to) && !existsSync(to)).map(show)).toEqual([]);
});

test('has no cycle', () => {
  expect(findCycles(imports)).toEqual([]);
});

test('keeps lib/core below everything', () => {
  expect(strays(/^lib\/core\//, [/^lib\/core\//])).toEqual([]);
});

test.each([
  ['', []],
  ['stores/', ['']],
  ['commands/', ['', 'stores/']],
  ['queries/', ['', 'stores/']],
  ['search/', ['']],
  ['relay/', ['', 'stores/']],
  ['projection/', ['', 'stores/']],
  ['dead-letters/', ['']],
  ['repair/', ['', 'stores/', 'dead-letters/', 'projection/']],
  ['observe/', ['', 'stores/', 'dead-letters/', 'projection/', 'repair/']],
  ['ops/', ['', 'domains/', 'stores/', 'dead-letters/', 'projection/', 'repair/', 'observe/']],
  ['domains/', ['', 'projection/']],
])('lets lib/core/%s know no part of the core but %j', (part, allowed) => {
  const filesOf = (folder: string) => new RegExp(`^lib/core/${folder}[^/]+$`);
  expect(strays(filesOf(part), [filesOf(part), ...allowed.map(filesOf)])).toEqual([]);
});

test('gives lib/core the types of the driver, and schemas and makers of ids at run time', () => {
  expect(packages(/^lib\/core\//).filter((it) => !['mongodb', 'zod', 'uuid'].includes(it))).toEqual([]);
  expect(packages(/^lib\/core\//, { types: false }).filter((it) => !['uuid', 'zod'].includes(it))).toEqual(
    [],
  );
});

test('lets lib/platform know the core alone', () => {
  expect(strays(/^lib\/platform\//, [/^lib\/platform\//, /^lib\/core\//])).toEqual([]);
});

test('lets nothing import functions, tests or local parts', () => {
  const outside = imports.filter(({ from }) => !from.startsWith('lib/local/'));
  const found = outside.filter(({ to }) => /^(functions|test|lib\/local)\//.test(to));
  expect(found.map(show)).toEqual([]);
});

// The linter is a process of its own, which reads the whole tree.
test('waits for every promise, and has nothing that it does not use', { timeout: 60_000 }, () => {
  const rules = [
    'nursery/noFloatingPromises',
    'correctness/noUnusedVariables',
    'correctness/noUnusedImports',
  ];
  const only = rules.map((rule) => `--only=${rule}`);
  const linter = 'node_modules/@biomejs/biome/bin/biome';
  const { status, stdout, stderr } = spawnSync(process.execPath, [
    linter,
    'lint',
    ...only,
    'lib',
    'functions',
  ]);
  expect(status, `${stdout}${stderr}`).toBe(0);
});

describe.each(domains)('%s', (domain) => {
  const own = new RegExp(`^lib/${domain}/`);
  const commands = `functions/${domain}/commands.ts`;

  test('imports itself, the core and the platform', () => {
    expect(strays(own, [own, /^lib\/core\//, /^lib\/platform\//])).toEqual([]);
  });

  test('has functions that import it, the core and the platform', () => {
    const allowed = [own, /^lib\/core\//, /^lib\/platform\//];
    expect(strays(new RegExp(`^functions/${domain}/`), allowed)).toEqual([]);
  });

  test('decides with core types and zod alone', () => {
    const pure = new RegExp(`^lib/${domain}/${domain.slice(0, -1)}\\.ts$`);
    const runtime = imports.filter(({ from, to, typeOnly }) => pure.test(from) && internal(to) && !typeOnly);
    expect(packages(pure).filter((it) => it !== 'zod')).toEqual([]);
    expect(strays(pure, [/^lib\/core\//])).toEqual([]);
    expect(
      runtime.filter(({ to }) => !/^lib\/core\/(errors|decider|fields)\.ts$/.test(to)).map(show),
    ).toEqual([]);
  });

  test('keeps queues out of its commands, and read models too if they are not projected inline', () => {
    const reached = [...(existsSync(commands) ? reach(commands, imports) : [])];
    expect(reached.filter((it) => it.includes('client-sqs'))).toEqual([]);
    const own = [...reach(`lib/${domain}/commands.ts`, imports)];
    expect(own.filter((it) => /\/(projections|queries)\.ts$/.test(it))).toEqual([]);
  });

  test('keeps commands and queues out of its queries', () => {
    const queries = `functions/${domain}/queries.ts`;
    const reached = [...(existsSync(queries) ? reach(queries, imports) : [])];
    expect(reached.filter((it) => it.includes('client-sqs') || it.endsWith('/commands.ts'))).toEqual([]);
  });
});

test('gives every domain the same file names', () => {
  for (const { name: domain } of catalogue.all) {
    const wanted = [`${domain.slice(0, -1)}.ts`, 'commands.ts', 'projections.ts', 'queries.ts'];
    const files = globSync(`lib/${domain}/*.ts`).map((file) => file.slice(`lib/${domain}/`.length));
    expect(files, domain).toEqual(expect.arrayContaining(wanted));
  }
});

test("lets the console know the operators' API alone: of lib, types only", () => {
  const own = readImports(['console/app']);
  expect(own.length).toBeGreaterThan(50);
  const running = own.filter(({ to, typeOnly }) => !typeOnly && !to.startsWith('console/app/'));
  const found = [...new Set(running.map(({ to }) => to))].toSorted();
  expect(found).toEqual(['preact', 'preact/hooks', 'uplot']);
  const types = own.filter(({ to, typeOnly }) => typeOnly && internal(to));
  expect(types.filter(({ to }) => !to.startsWith('lib/platform/ops/schemas/')).map(show)).toEqual([]);
});
