import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { withParameters } from '../../lib/platform/parameters.ts';

const kept: Record<string, string> = {
  '/tandem/prod/write-db-url': 'mongodb://writer:secret@db/tandem',
  '/tandem/prod/ops-token': 'token',
};

let server: Server;
let asked: { headers: IncomingMessage['headers']; body: { Names: string[]; WithDecryption: boolean } }[];

/** How many of the next requests are turned down. */
let throttled: number;

beforeEach(async () => {
  asked = [];
  throttled = 0;
  server = createServer(async (request, response) => {
    const body = JSON.parse(await text(request));
    asked.push({ headers: request.headers, body });
    if (throttled > 0) {
      throttled -= 1;
      response.writeHead(400).end('ThrottlingException');
      return;
    }
    const found = body.Names.filter((name: string) => name in kept);
    response.end(
      JSON.stringify({
        Parameters: found.map((Name: string) => ({ Name, Value: kept[Name] })),
        InvalidParameters: body.Names.filter((name: string) => !(name in kept)),
      }),
    );
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
});
afterEach(() => server.close());

const environment = (parameters: Record<string, string>): NodeJS.ProcessEnv => {
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    AWS_REGION: 'eu-central-1',
    AWS_ACCESS_KEY_ID: 'key',
    AWS_SECRET_ACCESS_KEY: 'secret',
    AWS_SESSION_TOKEN: 'session',
    AWS_ENDPOINT_URL_SSM: `http://127.0.0.1:${port}/`,
    ...parameters,
  };
};

test('reads every named parameter in one signed request', async () => {
  const found = await withParameters(
    environment({
      WRITE_DB_URL_PARAMETER: '/tandem/prod/write-db-url',
      OPS_TOKEN_PARAMETER: '/tandem/prod/ops-token',
      READ_LAG_MS: '500',
    }),
  );
  expect(found).toMatchObject({
    WRITE_DB_URL: 'mongodb://writer:secret@db/tandem',
    OPS_TOKEN: 'token',
    READ_LAG_MS: '500',
  });
  expect(asked).toHaveLength(1);
  expect(asked[0]?.body.WithDecryption).toBe(true);
  expect(asked[0]?.headers['x-amz-target']).toBe('AmazonSSM.GetParameters');
  expect(asked[0]?.headers['x-amz-security-token']).toBe('session');
  expect(asked[0]?.headers.authorization).toMatch(
    /^AWS4-HMAC-SHA256 Credential=key\/\d{8}\/eu-central-1\/ssm/,
  );
});

test('asks nobody if nothing is named', async () => {
  const local = environment({ WRITE_DB_URL: 'mongodb://127.0.0.1/x' });
  expect(await withParameters(local)).toBe(local);
  expect(asked).toEqual([]);
});

test('says which parameter is missing, and no value', async () => {
  const named = environment({
    WRITE_DB_URL_PARAMETER: '/tandem/prod/write-db-url',
    READ_DB_URL_PARAMETER: '/tandem/prod/read-db-url',
  });
  await expect(withParameters(named)).rejects.toThrow('There is no parameter /tandem/prod/read-db-url');
});

test('asks again when many start at once and are throttled, and gives up in a sentence without frames', async () => {
  const named = environment({ OPS_TOKEN_PARAMETER: '/tandem/prod/ops-token' });
  throttled = 2;
  expect(await withParameters(named)).toMatchObject({ OPS_TOKEN: 'token' });
  expect(asked).toHaveLength(3);
  throttled = 4;
  const error = await withParameters(named).catch((one: unknown) => one);
  expect(error).toMatchObject({
    message: expect.stringMatching(
      /^Parameter Store cannot be reached for \/tandem\/prod\/ops-token \(.* 400: ThrottlingException\): /,
    ),
    stack: expect.not.stringContaining('.ts'),
  });
  expect(asked).toHaveLength(6);
});

test('a name without a parameter is none', async () => {
  const named = environment({ OPS_TOKEN_PARAMETER: '', _PARAMETERS: 'x' });
  expect(await withParameters(named)).toBe(named);
});
