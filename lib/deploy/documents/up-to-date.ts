// The documents are made ahead, by a process of its own: what it imports reads an environment once.
import { spawnSync } from 'node:child_process';
import { existsSync, globSync, statSync } from 'node:fs';
import { resolve } from 'node:path';

const root = resolve(import.meta.dirname, '../../..');
const madeAt = (path: string): number => statSync(resolve(root, path)).mtimeMs;

const isUpToDate = (document: string): boolean => {
  if (!existsSync(resolve(root, document))) return false;
  const sources = [
    'serverless.yml',
    'package-lock.json',
    ...globSync('{lib,functions}/**/*.{ts,js,html}', { cwd: root }),
  ];
  return Math.max(...sources.map(madeAt)) < madeAt(document);
};

/**
 * Writes the documents, unless nothing that they are made from has changed since.
 * @throws Error that says what is missing.
 */
export const ensureDocuments = (): void => {
  if (isUpToDate('.documents/openapi.json')) return;
  const { status, stderr } = spawnSync(process.execPath, [resolve(import.meta.dirname, 'write.ts')], {
    cwd: root,
    stdio: ['ignore', 'inherit', 'pipe'],
    encoding: 'utf8',
  });
  if (status === 0) return;
  // Whatever a function needs is needed here first.
  const missing = /Cannot find package '[^']+'/.exec(stderr)?.[0];
  if (missing === undefined) throw new Error(`The documents cannot be made:\n${stderr}`);
  throw new Error(`The functions cannot be loaded (${missing}): run \`npm ci\`.`);
};
