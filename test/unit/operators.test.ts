import { afterEach, describe, expect, test, vi } from 'vitest';
import * as z from 'zod';
import { gatewayKey, pathEndOf } from '../../lib/platform/http/route-key.ts';
import { call, hushFunctions } from '../support/call.ts';
import { readOperatorRoutes, readServerlessFile } from '../support/serverless-file.ts';

const isForOperators = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && 'operators' in value && value.operators === true;

afterEach(() => {
  vi.unstubAllEnvs();
  vi.resetModules();
});

/** An endpoint for operators in a container that was started with these variables; each is asked for in turn. */
const started = async (variables: Record<string, string>) => {
  for (const name of ['AWS_LAMBDA_FUNCTION_NAME', 'IS_OFFLINE', 'OPS_TOKEN'])
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
const OpsToken = 'correct horse';

describe('operations', () => {
  test('are closed on a deployed stage that has no token, whatever the caller says', async () => {
    const ask = await started(deployed);
    for (const authorization of ['', 'Bearer ', 'Bearer x']) expect(await ask({ authorization })).toBe(403);
    expect(await ask()).toBe(403);
  });

  test('are open on a machine without a token, also as serverless-offline names its functions', async () => {
    expect(await (await started({}))()).toBe(200);
    vi.resetModules();
    expect(await (await started({ ...deployed, IS_OFFLINE: 'true' }))()).toBe(200);
  });

  test.each([{ OPS_TOKEN: OpsToken }, { ...deployed, OPS_TOKEN: OpsToken }])(
    'ask for the whole token where there is one: %j',
    async (variables) => {
      const ask = await started(variables);
      for (const authorization of [
        'Bearer correct',
        `Bearer ${OpsToken}s`,
        OpsToken,
        `Basic ${OpsToken}`,
        'Bearer ',
      ])
        expect(await ask({ authorization })).toBe(401);
      expect(await ask()).toBe(401);
      expect(await ask({ authorization: `bearer ${OpsToken}` })).toBe(200);
    },
  );
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

test('serverless.yml and the values of the routes say of the same calls that they are for operators', async () => {
  const files = new Set(Object.values(readServerlessFile().functions).map(({ handler }) => handler));
  const marked: string[] = [];
  for (const handler of files) {
    const file = handler.replace('.handler', '.ts');
    const { routes: table = {} } = await import(new URL(`../../${file}`, import.meta.url).href);
    for (const [route, value] of Object.entries(table)) if (isForOperators(value)) marked.push(route);
  }
  expect(routes.map(({ route }) => route).toSorted()).toEqual(marked.toSorted());
});
