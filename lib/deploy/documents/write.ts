// Writes the documents of the API from the tables of routes of all functions, and the page that shows them:
// `node lib/deploy/documents/write.ts`.
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parse } from 'yaml';
import { catalogue } from '../../domains.ts';
import { asyncApiOf } from './asyncapi.ts';
import { type DescribedRoute, describedRoutes, openApiOf } from './openapi.ts';
import { writeViewer } from './viewer.ts';

const root = resolve(import.meta.dirname, '../../..');
const folder = resolve(root, '.documents');

interface FunctionEntry {
  handler: string;
  public?: string[];
}

const loadRoutes = async (): Promise<Record<string, DescribedRoute>> => {
  const ignored = [{ tag: '!GetAtt', resolve: String }];
  const { functions } = parse(await readFile(resolve(root, 'serverless.yml'), 'utf8'), {
    customTags: ignored,
  });
  const tables = await Promise.all(
    Object.values<FunctionEntry>(functions).map(async ({ handler, public: open = [] }) => {
      const file = `${handler.slice(0, handler.lastIndexOf('.'))}.ts`;
      const { routes = {} } = await import(pathToFileURL(resolve(root, file)).href);
      const [, tag = 'system'] = /^functions\/(\w+)\//.exec(handler) ?? [];
      return describedRoutes(routes, { tag, open });
    }),
  );
  return Object.assign({}, ...tables);
};

// Two systems may start at once: each sees a whole file.
const writeWhole = async (path: string, content: string): Promise<void> => {
  await writeFile(`${path}.${process.pid}`, content);
  await rename(`${path}.${process.pid}`, path);
};

const write = (name: string, document: object): Promise<void> =>
  writeWhole(resolve(folder, name), `${JSON.stringify(document, null, 2)}\n`);

await mkdir(folder, { recursive: true });
await writeViewer(resolve(folder, 'viewer'), writeWhole);
await write('asyncapi.json', asyncApiOf(catalogue));
await write('openapi.json', openApiOf(await loadRoutes()));
