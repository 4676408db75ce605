// Writes the documents of the API from the tables of routes of all functions: `node lib/deploy/documents/write.ts`.
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parse } from 'yaml';
import { openApiOf, type RouteValue } from './openapi.ts';

const root = resolve(import.meta.dirname, '../../..');
const folder = resolve(root, '.documents');

const loadRoutes = async (): Promise<Record<string, RouteValue>> => {
  const ignored = [{ tag: '!GetAtt', resolve: String }];
  const { functions } = parse(await readFile(resolve(root, 'serverless.yml'), 'utf8'), {
    customTags: ignored,
  });
  const tables = await Promise.all(
    Object.values<{ handler: string }>(functions).map(async ({ handler }) => {
      const file = `${handler.slice(0, handler.lastIndexOf('.'))}.ts`;
      const { routes = {} } = await import(pathToFileURL(resolve(root, file)).href);
      return routes as Record<string, RouteValue>;
    }),
  );
  return Object.assign({}, ...tables);
};

await mkdir(folder, { recursive: true });
const path = resolve(folder, 'openapi.json');
// Two systems may start at once: each sees a whole document.
await writeFile(`${path}.${process.pid}`, `${JSON.stringify(openApiOf(await loadRoutes()), null, 2)}\n`);
await rename(`${path}.${process.pid}`, path);
