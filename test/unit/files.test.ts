import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { afterAll, expect, test } from 'vitest';
import { builtPage } from '../../lib/platform/http/files.ts';
import type { HttpRequest } from '../../lib/platform/http/request.ts';

const folder = mkdtempSync(join(tmpdir(), 'tandem-files-'));
const files = { 'index.html': '<p>', 'a.js': 'a()', 'b.css': 'b{}', 'c.svg': '<svg/>', 'd.bin': 'd' };
for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
writeFileSync(`${folder}.txt`, 'not of the page');
afterAll(() => {
  rmSync(folder, { recursive: true });
  rmSync(`${folder}.txt`);
});

const requestOf = (encoding?: string): HttpRequest => ({
  ...{ routeKey: 'GET /page', path: '/page', params: {}, query: {}, correlationId: 'c', faults: [] },
  ...{ traceparent: undefined, receivedAt: new Date(), body: () => undefined },
  headers: encoding === undefined ? {} : { 'accept-encoding': encoding },
});
const { page, asset } = builtPage(pathToFileURL(`${folder}/`));

const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
];
const safety = {
  'content-security-policy': policy.join('; '),
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  vary: 'accept-encoding',
};

test('a page is asked for anew each time, runs its own scripts alone, and tells nobody where its reader was', async () => {
  expect(await page(requestOf())).toEqual({
    status: 200,
    headers: { ...safety, 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-cache' },
    body: '<p>',
  });
});

test.each([
  ['a.js', 'text/javascript; charset=utf-8'],
  ['b.css', 'text/css; charset=utf-8'],
  ['c.svg', 'image/svg+xml'],
  ['d.bin', 'application/octet-stream'],
] as const)('%s of a page is kept for good, and is %s', async (name, type) => {
  expect(await asset(name, requestOf())).toEqual({
    status: 200,
    headers: {
      ...safety,
      'content-type': type,
      'cache-control': 'public, max-age=31536000, immutable',
    },
    body: files[name],
  });
});

test('each file is compressed for who takes that, again and again as itself', async () => {
  for (const name of ['a.js', 'b.css', 'a.js']) {
    const { headers, body } = await asset(name, requestOf('gzip'));
    expect(headers).toMatchObject({ vary: 'accept-encoding', 'content-encoding': 'gzip' });
    expect(gunzipSync(body as Buffer).toString()).toBe(files[name as 'a.js']);
  }
  expect(gunzipSync((await page(requestOf('gzip'))).body as Buffer).toString()).toBe('<p>');
});

test.each(['index.html', 'none.js', '', '.', `../${folder.split('/').at(-1)}.txt`])(
  'a page has no file «%s» of its own',
  async (name) => {
    await expect(asset(name, requestOf())).rejects.toMatchObject({ code: 'not_found' });
  },
);

test('a page may name where else its pictures come from', async () => {
  const { headers } = await builtPage(pathToFileURL(`${folder}/`), { imageSources: 'data:' }).page(
    requestOf(),
  );
  expect(headers?.['content-security-policy']).toContain('; img-src data:; ');
});
