import { globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** One import statement: who has it, what it names (a path from the root, or a package), and whether types alone. */
export interface Import {
  from: string;
  to: string;
  typeOnly: boolean;
}

const statement = /^\s*(?:import|export)\s+(type\s)?(?:[^'";]*?\sfrom\s+)?'([^']+)'/gm;
const dynamic = /\bimport\('([^']+)'\)/g;

/** Every import of every TypeScript file below these folders. */
export const readImports = (folders: readonly string[]): Import[] => {
  return folders.flatMap((folder) => globSync(`${folder}/**/*.{ts,tsx}`)).flatMap(importsOf);
};

const importsOf = (from: string): Import[] => {
  const text = readFileSync(from, 'utf8');
  const found = [
    ...[...text.matchAll(statement)].map(([, type, to]) => ({ to, typeOnly: type !== undefined })),
    ...[...text.matchAll(dynamic)].map(([, to]) => ({ to, typeOnly: false })),
  ];
  return found.map(({ to = '', typeOnly }) => ({ from, to: resolve(from, to), typeOnly }));
};

const resolve = (from: string, to: string): string => {
  return to.startsWith('.') ? join(dirname(from), to) : to;
};

/** Everything that a file brings along at run time: files and packages. */
export const reach = (start: string, imports: readonly Import[]): Set<string> => {
  const reached = new Set([start]);
  for (const file of reached) {
    for (const { to } of imports.filter((it) => it.from === file && !it.typeOnly)) reached.add(to);
  }
  return reached;
};

/** Chains of files that import each other in a ring, each once. */
export const findCycles = (imports: readonly Import[]): string[] => {
  const cycles = new Set<string>();
  const done = new Set<string>();
  const visit = (file: string, path: readonly string[]) => {
    if (path.includes(file)) cycles.add([...path.slice(path.indexOf(file)), file].join(' → '));
    if (path.includes(file) || done.has(file)) return;
    for (const { to } of imports.filter((it) => it.from === file)) visit(to, [...path, file]);
    done.add(file);
  };
  for (const { from } of imports) visit(from, []);
  return [...cycles];
};
