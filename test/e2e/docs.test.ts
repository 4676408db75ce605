import { expect, test } from 'vitest';
import { creating } from '../support/example.ts';
import { expectProblem } from '../support/problem.ts';
import { useSystem } from '../support/system.ts';

const system = useSystem();

const addressesIn = (page: string): string[] =>
  [...page.matchAll(/(?:src|href)="([^"]*)"/g)].map(([, address = '']) => address);

const assetsOf = (page: string): string[] => addressesIn(page).filter((address) => address !== 'data:,');

test('the page to read and try the API names nothing of another host', async () => {
  const page = await system().http.get('/docs');
  expect(page.status).toBe(200);
  expect(page.header('content-type')).toBe('text/html; charset=utf-8');
  expect(assetsOf(page.text)).toHaveLength(3);
  for (const address of assetsOf(page.text)) expect(address).toMatch(/^\/docs\/[\w.-]+$/);
  expect(page.text).not.toMatch(/<script(?![^>]* src=)|<style|style=|\son\w+=/);
});

test('the page runs no inline script, and stands in no frame', async () => {
  const page = await system().http.get('/docs');
  const policy = page.header('content-security-policy') ?? '';
  expect(policy).toContain("default-src 'none'");
  expect(policy).toContain("script-src 'self';");
  expect(policy).toContain("connect-src 'self';");
  expect(policy).toContain("frame-ancestors 'none'");
  expect(policy).not.toMatch(/unsafe|http|\*/);
  expect(page.header('x-content-type-options')).toBe('nosniff');
});

test('each asset of the page comes from here, may be kept for good, and loads nothing from elsewhere', async () => {
  const { text } = await system().http.get('/docs');
  for (const address of assetsOf(text)) {
    const asset = await system().http.get(address);
    expect(asset.status, address).toBe(200);
    expect(asset.header('content-type')).toMatch(/^text\/(css|javascript)/);
    expect(asset.header('x-content-type-options')).toBe('nosniff');
    expect(asset.header('cache-control')).toContain('immutable');
    expect(asset.text).not.toMatch(/url\(["']?(https?:)?\/\/|sourceMappingURL=/);
  }
});

test.each(['index.html', 'nothing.js', '..%2Fopenapi.json', '%2e%2e'])(
  'the page has no asset «%s»',
  async (name) => {
    expectProblem(await system().http.get(`/docs/${name}`), 404);
  },
);

test('the documents are served, with every call that there is', async () => {
  const { http } = system();
  const { openapi, paths } = (await http.get('/openapi.json')).object();
  expect(openapi).toBe('3.1.0');
  const { path } = await creating(http);
  expect(paths).toMatchObject({ [path]: { post: {} }, '/openapi.json': { get: {} } });
  expect((await http.get('/asyncapi.json')).object()).toMatchObject({ asyncapi: '3.1.0' });
});

test('a document is compressed for who takes that, and only for who does', async () => {
  const { http_url } = system().state;
  for (const path of ['/openapi.json', '/asyncapi.json']) {
    const sizeWith = async (encoding: string): Promise<[string | null, number]> => {
      const answer = await fetch(`${http_url}${path}`, { headers: { 'accept-encoding': encoding } });
      expect(answer.headers.get('vary'), path).toMatch(/accept-encoding/i);
      expect(answer.headers.get('content-type')).toMatch(/^application\/json/);
      expect(await answer.json()).toHaveProperty('info');
      return [answer.headers.get('content-encoding'), Number(answer.headers.get('content-length'))];
    };
    const [plain, whole] = await sizeWith('identity');
    const [gzip, small] = await sizeWith('br, gzip;q=0.8');
    expect([plain, gzip]).toEqual([null, 'gzip']);
    expect(small, path).toBeLessThan(whole / 4);
    expect((await sizeWith('gzip;q=0'))[0]).toBeNull();
  }
});

test('the document asks for no token if anybody may operate', async () => {
  const { http } = system();
  const { paths } = (await http.get('/openapi.json')).object();
  expect(paths).toMatchObject({ '/metrics': { get: { security: [] } } });
  expect((await http.get('/metrics')).status).toBe(200);
});
