import { expect, test } from 'vitest';
import { expectProblem } from '../support/problem.ts';
import { useSystem } from '../support/system.ts';

const token = 'a-token-of-this-test';
const system = useSystem({ env: { OPS_TOKEN: token } });

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

test('metrics are open to callers with the token', async () => {
  expect((await system().http.get('/metrics', { authorization: `Bearer ${token}` })).status).toBe(200);
});

test('tickets need no token', async () => {
  expect((await system().http.get('/tickets')).status).toBe(200);
});

test('the token is in no answer and in no log', async () => {
  const answer = await system().http.get('/health');
  expect(answer.text + system().log).not.toContain(token);
});

test.each(['/audit-log', '/products/0190b2c0-0000-7000-8000-000000000000/history'])(
  '%s is for operators',
  async (path) => {
    expectProblem(await system().http.get(path), 401);
    const answer = await system().http.get(path, { authorization: `Bearer ${token}` });
    expect([200, 404]).toContain(answer.status);
  },
);
