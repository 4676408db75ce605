// The page for operators: static files, built ahead. It holds no data; what it shows, it asks the operators' API for.
import { readdir, readFile } from 'node:fs/promises';
import { extname } from 'node:path';
import { AppError } from '../lib/core/errors.ts';
import { type HttpAnswer, httpHandler, type Routes } from '../lib/platform/http/stack.ts';

const dist = new URL('../console/dist/', import.meta.url);

const contentTypes: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
};

const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

const safety = {
  'content-security-policy': policy,
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
};

const answerFile = async (name: string, cacheControl: string): Promise<HttpAnswer> => ({
  status: 200,
  headers: {
    ...safety,
    'content-type': contentTypes[extname(name)] ?? 'application/octet-stream',
    'cache-control': cacheControl,
  },
  body: await readFile(new URL(name, dist), 'utf8'),
});

const page = (): Promise<HttpAnswer> => answerFile('index.html', 'no-cache');

/** Only what the build has made can be named; its names change with their content. */
const asset = async (name: string): Promise<HttpAnswer> => {
  if (name === 'index.html' || !(await readdir(dist)).includes(name)) {
    throw new AppError('not_found', 'The console has no such file');
  }
  return answerFile(name, 'public, max-age=31536000, immutable');
};

export const routes: Routes = {
  'GET /console': page,
  'GET /console/{path+}': ({ params }) => {
    const [, name] = /^assets\/(.+)$/.exec(params['path'] ?? '') ?? [];
    return name === undefined ? page() : asset(name);
  },
};

export const handler = httpHandler(routes);
