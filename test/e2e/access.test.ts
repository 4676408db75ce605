import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import { create, readPath } from '../support/example.ts';
import { expectProblem } from '../support/problem.ts';
import { readOperatorRoutes } from '../support/serverless-file.ts';
import { useOwnSystem } from '../support/system.ts';

const token = 'a-token-of-this-test';
const system = useOwnSystem({ env: { OPS_TOKEN: token } });

test('metrics are closed to callers without the token', async () => {
  const answer = await system().http.get('/metrics');
  expectProblem(answer, 401);
  expect(answer.header('www-authenticate')).toMatch(/^Bearer/);
});

test.each(['Bearer wrong', `Bearer ${token}x`, `Basic ${token}`, token, 'Bearer', 'Bearer '])(
  'metrics are closed to callers who say «%s»',
  async (authorization) => {
    expectProblem(await system().http.get('/metrics', { authorization }), [401, 403]);
  },
);

test('the document asks for the token', async () => {
  const { paths } = (await system().http.get('/openapi.json')).object();
  expect(paths).toMatchObject({ '/metrics': { get: { security: [{ operator: [] }] } } });
});

test('metrics are open to callers with the token', async () => {
  expect((await system().http.get('/metrics', { authorization: `Bearer ${token}` })).status).toBe(200);
});

test('what is for callers needs no token', async () => {
  const { http } = system();
  const answer = await http.get(`${readPath(await create(http))}&timeout_ms=5000`);
  expect(answer.status).toBe(200);
});

test('the token is in no answer and in no log', async () => {
  const answer = await system().http.get('/health');
  expect(answer.text + system().log).not.toContain(token);
});

// Each path parameter as an id that nothing has.
const reads = readOperatorRoutes()
  .filter(({ route }) => route.startsWith('GET '))
  .map(({ route }) => route.slice('GET '.length).replaceAll(/\{.*?\}/g, randomUUID()));

test.each(reads)('%s is for operators', async (path) => {
  expectProblem(await system().http.get(path), 401);
  const answer = await system().http.get(path, { authorization: `Bearer ${token}` });
  expect([200, 404]).toContain(answer.status);
});
