// What no function of this system uses, and a bundle has all the same: modules that are loaded whether or not anybody
// calls them. In their place stand modules that say so. That is a fifth of a command's bundle, and of its cold start.
// A name that is asked for after all ends the build, or throws with its name.
import { readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Loader, Plugin } from 'esbuild';

const leftOut = 'is left out of the bundles (lib/deploy/lean-bundles.ts)';

/**
 * Of the driver: encryption in the client, GridFS, writes to several collections in one call, ways to log in that need
 * further packages, the administration of a server and of search indexes.
 */
const unusedOfDriver = new RegExp(
  `/mongodb/lib/(${[
    'admin',
    'client-side-encryption/.+',
    'cmap/auth/(gssapi|mongodb_aws|mongodb_oidc|mongodb_oidc/.+)',
    'cursor/list_search_indexes_cursor',
    'encrypter',
    'gridfs/.+',
    'operations/(client_bulk_write|search_indexes)/.+',
    'operations/(profiling_level|remove_user|set_profiling_level|stats)',
  ].join('|')})\\.js$`,
);

const refuseAll = (): string =>
  `module.exports = new Proxy({}, { get(_, name) { throw new Error(String(name) + ' ${leftOut}'); } });`;

/** The driver's own entry names all that it has, and so brings all of it along. What is missing here is added here. */
const usedOfDriver = {
  MongoClient: './mongo_client.js',
  MongoServerError: './error.js',
  TopologyType: './sdam/common.js',
};

const driverEntry = (): string =>
  Object.entries(usedOfDriver)
    .map(([name, file]) => `export { ${name} } from '${file}';`)
    .join('\n');

/** What a compiler has written into each module, and a bundler has no use for: 60 bytes each. */
const withoutPreamble = (source: string): string =>
  source
    .replace('Object.defineProperty(exports, "__esModule", { value: true });', '')
    .replace(/^exports\.\w+ = .*void 0;$/m, '');

/** Of Node: what only a compressed connection, or a login that is left out, asks for. To load them takes milliseconds. */
const modulesOnDemand = (source: string): string =>
  source.replace(
    /^const (\w+) = (require\("(?:http|zlib)"\));$/m,
    'const $1 = new Proxy({}, { get: (_, name) => $2[name] });',
  );

const ofDriver = (source: string): string => modulesOnDemand(withoutPreamble(source));

const versionAlone = (manifest: string): string => JSON.stringify({ version: JSON.parse(manifest).version });

/** Its tables, which it unpacks as it is loaded, are for passwords beyond ASCII; others stay as they are (RFC 4013). */
const saslprepOnDemand = (): string => `
let prepare;
exports.saslprep = (text, options) => {
  if (/^[ -~]*$/.test(text)) return text;
  prepare ??= require('./index').bind(
    null,
    require('./memory-code-points').createMemoryCodePoints(require('./code-points-data').default),
  );
  return prepare(text, options);
};`;

/** Of zod: schemas as JSON Schema, for which each schema makes itself two methods. The documents are written ahead. */
const withoutJsonSchema = (source: string): string => {
  const names = [...source.matchAll(/^export (?:const|function) (\w+)/gm)].map(([, name]) => name);
  return `
const refuse = () => { throw new Error('JSON Schema ${leftOut}'); };
export const ${names.map((name) => `${name} = () => refuse`).join(', ')};`;
};

/** The first that fits a file counts. */
const replacements: readonly [filter: RegExp, contentsOf: (source: string) => string, loader?: Loader][] = [
  [unusedOfDriver, refuseAll],
  [/\/mongodb\/lib\/index\.js$/, driverEntry],
  [/\/mongodb\/lib\/.+\.js$/, ofDriver],
  [/\/mongodb\/package\.json$/, versionAlone, 'json'],
  [/\/@mongodb-js\/saslprep\/dist\/node\.js$/, saslprepOnDemand],
  [/\/zod\/v4\/core\/(to-json-schema|json-schema-processors)\.js$/, withoutJsonSchema],
];

const leanBundles: Plugin = {
  name: 'lean-bundles',
  setup({ onLoad }) {
    for (const [filter, contentsOf, loader = 'js'] of replacements)
      onLoad({ filter }, ({ path }) => ({
        contents: contentsOf(readFileSync(path, 'utf8')),
        resolveDir: dirname(path),
        loader,
      }));
  },
};

export default [leanBundles];
