// The files of the page to read and try the API: a viewer from a package, and the page that starts it. The name of an
// asset changes with its content, so that a browser may keep it for good.
import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, extname, resolve } from 'node:path';

const here = resolve(import.meta.dirname, 'viewer');
const { resolve: inPackages } = createRequire(import.meta.url);

/** By the names that the page has for them. */
const assets = {
  style: inPackages('swagger-ui-dist/swagger-ui.css'),
  viewer: inPackages('swagger-ui-dist/swagger-ui-bundle.js'),
  start: resolve(here, 'start.js'),
};

// Neither the maps nor what asks for them.
const withoutMap = (content: string): string =>
  content.replace(/\n?(?:\/\/|\/\*)# sourceMappingURL=[^\n]*\s*$/, '\n');

const load = async (path: string): Promise<{ name: string; content: string }> => {
  const content = withoutMap(await readFile(path, 'utf8'));
  const hash = createHash('sha256').update(content).digest('hex').slice(0, 8);
  const ending = extname(path);
  return { name: `${basename(path, ending)}-${hash}${ending}`, content };
};

/** Writes the page and its assets into a folder, and removes what was there before. */
export const writeViewer = async (
  folder: string,
  write: (path: string, content: string) => Promise<void>,
): Promise<void> => {
  await mkdir(folder, { recursive: true });
  const old = new Set(await readdir(folder));
  let page = await readFile(resolve(here, 'index.html'), 'utf8');
  for (const [place, path] of Object.entries(assets)) {
    const { name, content } = await load(path);
    await write(resolve(folder, name), content);
    old.delete(name);
    page = page.replace(`{{${place}}}`, `/docs/${name}`);
  }
  await write(resolve(folder, 'index.html'), page);
  old.delete('index.html');
  await Promise.all([...old].map((name) => rm(resolve(folder, name), { force: true })));
};
