// Builds the console ahead: one script, one style sheet, one icon and the page that names them, in console/dist. A name
// changes with its content, so that a browser may keep the files for good.
import { globSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type BuildFailure, build } from 'esbuild';

const here = fileURLToPath(new URL('.', import.meta.url));
const dist = join(here, 'dist');

const isBuildFailure = (error: unknown): error is BuildFailure =>
  error instanceof Error && 'errors' in error && Array.isArray(error.errors);

/** esbuild tells pages of what follows from one package that is missing: the first of it says enough. */
const inOneSentence = (error: unknown): Error => {
  const [first] = isBuildFailure(error) ? error.errors : [];
  const what = first?.text ?? (error instanceof Error ? error.message : String(error));
  const at = first?.location ? ` in ${first.location.file}` : '';
  const told = new Error(`The console cannot be built (${what}${at}): run \`npm ci\`.`, { cause: error });
  // The framework shows an error of that name by its message.
  told.name = 'ServerlessError';
  return told;
};

const bundle = async (): Promise<Map<string, Uint8Array>> => {
  const { outputFiles } = await build({
    entryPoints: [join(here, 'app/main.tsx'), join(here, 'app/icon.svg')],
    outdir: dist,
    entryNames: '[name]-[hash]',
    bundle: true,
    minify: true,
    write: false,
    format: 'esm',
    target: 'es2022',
    jsx: 'automatic',
    jsxImportSource: 'preact',
    loader: { '.svg': 'copy' },
    legalComments: 'none',
    logLevel: 'silent',
  }).catch((error: unknown) => {
    throw inOneSentence(error);
  });
  return new Map(outputFiles.map(({ path, contents }) => [basename(path), contents]));
};

const pageFor = async (names: string[]): Promise<string> => {
  const page = await readFile(join(here, 'app/index.html'), 'utf8');
  return page.replaceAll(/\{\{(\w+)\}\}/g, (_, ending: string) => {
    const name = names.find((one) => one.endsWith(`.${ending}`));
    if (name === undefined) throw new Error(`The console has no .${ending} file`);
    return `/console/assets/${name}`;
  });
};

/** Whole or not at all: another process may be serving these files. */
const writeWhole = async (name: string, content: Uint8Array | string): Promise<void> => {
  const path = join(dist, name);
  const unfinished = `${path}.${process.pid}`;
  await writeFile(unfinished, content);
  await rename(unfinished, path);
};

/** Builds it, and removes what earlier builds left. */
export const buildConsole = async (): Promise<void> => {
  const files = await bundle();
  await mkdir(dist, { recursive: true });
  for (const [name, content] of files) await writeWhole(name, content);
  await writeWhole('index.html', await pageFor([...files.keys()]));
  const old = (await readdir(dist)).filter((name) => name !== 'index.html' && !files.has(name));
  await Promise.all(old.map((name) => rm(join(dist, name), { force: true })));
};

const changedAt = async (path: string): Promise<number> =>
  stat(path).then(
    ({ mtimeMs }) => mtimeMs,
    () => 0,
  );

/** Builds it when a source is newer than what was built last. */
export const keepConsoleBuilt = async (): Promise<void> => {
  const sources = [...globSync(join(here, 'app/**/*.*')), join(here, '../package-lock.json')];
  const newest = Math.max(...(await Promise.all(sources.map(changedAt))));
  if ((await changedAt(join(dist, 'index.html'))) < newest) await buildConsole();
};

if (import.meta.main) void buildConsole();
