import { afterEach, describe, expect, test, vi } from 'vitest';
import * as z from 'zod';
import { gatewayKey, pathEndOf } from '../../lib/platform/http/route-key.ts';
import { call, hushFunctions } from '../support/call.ts';
import { readOperatorRoutes } from '../support/serverless-file.ts';

afterEach(() => {
  vi.unstubAllEnvs();
  vi.resetModules();
});

/** An endpoint for operators in a container that was started with these variables; each is asked for in turn. */
const started = async (variables: Record<string, string>) => {
  for (const name of ['AWS_LAMBDA_FUNCTION_NAME', 'IS_OFFLINE', 'OPS_TOKEN', 'JWT_ISSUER'])
    vi.stubEnv(name, variables[name]);
  hushFunctions();
  const { endpoint } = await import('../../lib/platform/http/endpoint.ts');
  const { endpointRoutes } = await import('../../lib/platform/http/endpoint-route.ts');
  const { httpHandler } = await import('../../lib/platform/http/stack.ts');
  const figures = endpoint({
    summary: 'Figures',
    operators: true,
    input: z.strictObject({}),
    answer: z.object({ figure: z.int() }),
    handle: async () => ({ figure: 7 }),
  });
  const handler = httpHandler(endpointRoutes({ 'GET /figures': figures }, undefined));
  return async (headers: Record<string, string> = {}) =>
    (await call(handler, 'GET /figures', {}, { headers })).status;
};

const deployed = { AWS_LAMBDA_FUNCTION_NAME: 'tandem-prod-figures' };
const opsToken = 'correct horse';

describe('operations', () => {
  test('are closed on a deployed stage that has no token, whatever the caller says', async () => {
    const ask = await started(deployed);
    for (const authorization of ['', 'Bearer ', 'Bearer x']) expect(await ask({ authorization })).toBe(403);
    expect(await ask()).toBe(403);
    vi.resetModules();
    expect(await (await started({ ...deployed, IS_OFFLINE: 'false' }))()).toBe(403);
  });

  test('are open on a machine without a token, also as serverless-offline names its functions', async () => {
    expect(await (await started({}))()).toBe(200);
    vi.resetModules();
    expect(await (await started({ ...deployed, IS_OFFLINE: 'true' }))()).toBe(200);
  });

  test.each([{ OPS_TOKEN: opsToken }, { ...deployed, OPS_TOKEN: opsToken }])(
    'ask for the whole token if there is one: %j',
    async (variables) => {
      const ask = await started(variables);
      for (const authorization of [
        'Bearer correct',
        `Bearer ${opsToken}s`,
        opsToken,
        `Basic ${opsToken}`,
        'Bearer ',
      ])
        expect(await ask({ authorization })).toBe(401);
      expect(await ask()).toBe(401);
      expect(await ask({ authorization: `bearer ${opsToken}` })).toBe(200);
    },
  );
});

test.each([
  [{}, { operator: false, caller: false }],
  [{ JWT_ISSUER: '' }, { operator: false, caller: false }],
  [{ JWT_ISSUER: 'https://issuer' }, { operator: false, caller: true }],
  [{ OPS_TOKEN: opsToken }, { operator: true, caller: false }],
  [deployed, { operator: true, caller: false }],
])('the document says who needs a token on a stage with %j', async (variables, needed) => {
  await started(variables);
  const { neededTokens } = await import('../../lib/platform/http/operators.ts');
  expect(neededTokens()).toEqual(needed);
});

const routes = readOperatorRoutes();

test.each(routes)('$file closes $route on a deployed stage that has no token', async ({ file, route }) => {
  for (const [name, value] of Object.entries({ ...deployed, OPS_TOKEN: '' })) vi.stubEnv(name, value);
  hushFunctions();
  const { handler } = await import(new URL(`../../${file}`, import.meta.url).href);
  const { parameter = '', end = '' } = pathEndOf(route) ?? {};
  const answer = await call(handler, gatewayKey(route), { [parameter]: `Ticket-1${end}` });
  expect(answer.status).toBe(403);
});
