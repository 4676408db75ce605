import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import { json } from 'node:stream/consumers';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { hushFunctions } from '../support/call.ts';

interface Invocation {
  url: string | undefined;
  headers: IncomingHttpHeaders;
  payload: unknown;
}

const invocations: Invocation[] = [];
const answer = { status: 202, text: '' };
// As Lambda does: an event is accepted at once; whoever wants the result waits for the function, which does not end here.
const lambda = createServer(async (request, response) => {
  invocations.push({ url: request.url, headers: request.headers, payload: await json(request) });
  const isEvent = request.headers['x-amz-invocation-type'] === 'Event';
  if (isEvent) response.writeHead(answer.status).end(answer.text);
});
let port = 0;

beforeAll(async () => {
  lambda.listen(0, '127.0.0.1');
  await once(lambda, 'listening');
  const address = lambda.address();
  port = typeof address === 'object' && address !== null ? address.port : 0;
});
afterAll(() => {
  lambda.closeAllConnections();
  lambda.close();
});
beforeEach(() => {
  invocations.length = 0;
  Object.assign(answer, { status: 202, text: '' });
  vi.resetModules();
  hushFunctions();
});
afterEach(() => vi.unstubAllEnvs());

const load = async (variables: Record<string, string>) => {
  for (const [name, value] of Object.entries(variables)) vi.stubEnv(name, value);
  return (await import('../../lib/platform/start-function.ts')).startFunction;
};
const here = () => ({ IS_OFFLINE: 'true', LAMBDA_PORT: String(port) });

test('a function that goes on with its own work does not wait for it: it is an event', async () => {
  const startFunction = await load(here());
  await startFunction('tandem-dev-rebuild', { projection: 'tickets' });
  expect(invocations).toMatchObject([
    {
      url: '/2015-03-31/functions/tandem-dev-rebuild/invocations',
      headers: { 'x-amz-invocation-type': 'Event', 'content-type': 'application/json' },
      payload: { projection: 'tickets' },
    },
  ]);
});

test('on a stage, the call goes to Lambda in the region, with the credentials of the role', async () => {
  const startFunction = await load({
    IS_OFFLINE: '',
    AWS_REGION: 'eu-west-1',
    AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE',
    AWS_SECRET_ACCESS_KEY: 'secret',
    AWS_SESSION_TOKEN: 'session',
    AWS_ENDPOINT_URL_LAMBDA: `http://127.0.0.1:${port}`,
  });
  await startFunction('tandem-prod-relay', {});
  const [{ headers } = { headers: {} as IncomingHttpHeaders }] = invocations;
  expect(headers['authorization']).toMatch(/Credential=AKIDEXAMPLE\/\d{8}\/eu-west-1\/lambda\/aws4_request/);
  expect([headers['x-amz-security-token'], headers['x-amz-invocation-type']]).toEqual(['session', 'Event']);
});

test('on this machine nobody is shown the credentials of the environment', async () => {
  const own = {
    AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE',
    AWS_SECRET_ACCESS_KEY: 'secret',
    AWS_SESSION_TOKEN: 'session',
  };
  const startFunction = await load({ ...here(), ...own });
  await startFunction('tandem-dev-relay', {});
  const [{ headers } = { headers: {} as IncomingHttpHeaders }] = invocations;
  expect(headers['authorization']).toContain('Credential=local/');
  expect(headers['x-amz-security-token']).toBeUndefined();
});

test.each([429, 500, 404])('a %i is no start, and says what Lambda said', async (status) => {
  Object.assign(answer, { status, text: 'not now' });
  const startFunction = await load(here());
  const error: unknown = await startFunction('tandem-dev-relay', {}).catch((one: unknown) => one);
  expect(error).toMatchObject({
    message: 'Lambda cannot be reached for tandem-dev-relay',
    cause: { message: expect.stringMatching(new RegExp(`${status}: not now`)) },
  });
});
