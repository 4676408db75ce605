import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { freePort } from '../../lib/local/ports.ts';
import { databaseUrl } from '../support/database.ts';
import { example } from '../support/example.ts';
import { guarded } from '../support/guard.ts';
import { waitFor } from '../support/wait-for.ts';

// `npx sls invoke` without a stage means this machine, whatever credentials lie around.
const program = 'node_modules/serverless/bin/serverless.js';
const account: string[] = [];
const aws = createServer((request, response) => {
  account.push(`${request.method} ${request.url}`);
  response.end('{}');
});
let dataDir: string;
let environment: NodeJS.ProcessEnv;

beforeAll(async () => {
  aws.listen(0, '127.0.0.1');
  await once(aws, 'listening');
  const address = aws.address();
  dataDir = mkdtempSync(join(inject('runDir'), 'invoke-'));
  environment = {
    PATH: process.env['PATH'],
    HOME: dataDir,
    TANDEM_DATA_DIR: dataDir,
    AWS_ACCESS_KEY_ID: 'AKIAEXAMPLE',
    AWS_SECRET_ACCESS_KEY: 'secret',
    AWS_ENDPOINT_URL: `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`,
    HTTP_PORT: String(await freePort()),
    LAMBDA_PORT: String(await freePort()),
    WRITE_DB_URL: databaseUrl('sls_invoke_write'),
    READ_DB_URL: databaseUrl('sls_invoke_read'),
    SQS_ENDPOINT: inject('sqsEndpoint'),
    QUEUE_PREFIX: 'sls_invoke',
  };
});
afterAll(() => void aws.close());

const invoke = (...more: string[]) =>
  new Promise<{ code: unknown; out: string; err: string }>((resolve) => {
    const given = [
      'invoke',
      '-f',
      'rebuild',
      '--data',
      JSON.stringify({ projection: example.projection }),
      ...more,
    ];
    execFile(process.execPath, [program, ...given], { env: environment }, (error, out, err) =>
      resolve({ code: error?.code ?? 0, out, err }),
    );
  });

/** Plain `npx sls offline`, as it runs beside the parts of docker-compose.yml. */
const startOffline = async () => {
  const child = spawn(process.execPath, [program, 'offline'], {
    env: environment,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const unguard = guarded(inject('runDir'), child.pid ?? 0);
  let log = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (log += chunk));
  const ended = () => child.exitCode !== null || child.signalCode !== null;
  return {
    log: () => log,
    ready: () =>
      waitFor('the system', () => statSync(join(dataDir, 'state.json'), { throwIfNoEntry: false }), {
        timeoutMs: 60_000,
      }),
    end: async (signal: NodeJS.Signals) => {
      child.kill(signal);
      await waitFor('its end', ended, { timeoutMs: 20_000 });
      unguard();
    },
  };
};

describe('sls invoke without a stage', () => {
  test('says in one sentence that no system runs here, whatever a killed one left behind, and asks no account', async () => {
    const gone = { pid: 2 ** 30, lambda_url: 'http://127.0.0.1:9' };
    writeFileSync(join(dataDir, 'state.json'), JSON.stringify(gone));
    const { code, out, err } = await invoke();
    expect(code).toBe(1);
    expect(`${out}${err}`.trim()).toBe(
      'No local system runs here: start it with `npm start`, or name a stage to invoke a deployed function.',
    );
    expect(account).toEqual([]);
  });

  test('reaches what plain sls offline brought up, and its end is noticed', async () => {
    rmSync(join(dataDir, 'state.json'));
    const offline = await startOffline();
    const state = await offline.ready();
    expect(state.mode & 0o777).toBe(0o600);
    const answer = await invoke();
    expect(JSON.parse(answer.out)).toMatchObject({ projection: example.projection, done: true });
    await offline.end('SIGINT');
    expect(statSync(join(dataDir, 'state.json'), { throwIfNoEntry: false })).toBeUndefined();
    expect(offline.log()).not.toMatch(/^\s+at /m);
    expect(account).toEqual([]);
  });

  test('with a stage asks the account of that stage, whatever runs here', async () => {
    await invoke('--stage', 'dev');
    expect(account).toContainEqual(expect.stringContaining('tandem-dev-rebuild'));
  });
});
