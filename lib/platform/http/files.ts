// A page of static files that were built ahead: the page itself, and the assets that it names.
import { readdir, readFile } from 'node:fs/promises';
import { extname } from 'node:path';
import { AppError } from '../../core/errors.ts';
import { compress, encodingHeaders, takesGzip } from './compression.ts';
import type { HttpRequest } from './request.ts';
import type { HttpAnswer, Route } from './stack.ts';

const contentTypes: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
};

const policyOf = (imageSources: string): string =>
  [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    `img-src ${imageSources}`,
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');

interface BuiltPage {
  page: Route;
  asset: (name: string, request: HttpRequest) => Promise<HttpAnswer>;
}

/**
 * Serves `index.html` of a folder as the page, and its other files as assets whose names change with their content.
 * The page runs its own scripts and styles alone, asks this host alone, and stands in no frame.
 */
export const builtPage = (folder: URL, { imageSources = "'self'" } = {}): BuiltPage => {
  const safety = {
    'content-security-policy': policyOf(imageSources),
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
    'cross-origin-opener-policy': 'same-origin',
  };
  const compressed = new Map<string, Promise<Buffer>>();
  const compressFile = (name: string): Promise<Buffer> => {
    const known =
      compressed.get(name) ?? readFile(new URL(name, folder)).then((content) => compress(content));
    compressed.set(name, known);
    return known;
  };
  const answerFile = async (
    name: string,
    cacheControl: string,
    request: HttpRequest,
  ): Promise<HttpAnswer> => {
    const isCompressed = takesGzip(request);
    return {
      status: 200,
      headers: {
        ...safety,
        'content-type': contentTypes[extname(name)] ?? 'application/octet-stream',
        'cache-control': cacheControl,
        ...encodingHeaders(isCompressed),
      },
      body: isCompressed ? await compressFile(name) : await readFile(new URL(name, folder), 'utf8'),
    };
  };
  return {
    page: (request) => answerFile('index.html', 'no-cache', request),
    async asset(name, request) {
      if (name === 'index.html' || !(await readdir(folder)).includes(name)) {
        throw new AppError('not_found', 'The page has no such file');
      }
      return answerFile(name, 'public, max-age=31536000, immutable', request);
    },
  };
};
