// Each call to the outside runs in a process of its own that collects garbage without a pause: a deadline must not
// hang on an object that nothing holds.
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { silentServer } from '../support/silent-server.ts';

const run = promisify(execFile);
let silent: Awaited<ReturnType<typeof silentServer>>;

beforeAll(async () => {
  silent = await silentServer();
});
afterAll(() => silent.close());

/** Each of them takes some seconds, on a busy machine a few more. */
const enoughMs = 15_000;

/** `call` gives a function to call, once all that it needs has been loaded. */
const underMemoryPressure = async (call: string, environment: Record<string, string>) => {
  const program = `
    const call = await (async () => { ${call} })();
    setInterval(() => gc(), 20);
    setTimeout(() => process.exit(1), 50_000);
    const startedAt = performance.now();
    const failed = await call().then(() => undefined, (error) => error);
    const ms = performance.now() - startedAt;
    console.log(JSON.stringify({ code: failed?.code, message: failed?.message, ms }));
    process.exit(0);`;
  const { stdout } = await run(process.execPath, ['--expose-gc', '--input-type=module', '-e', program], {
    env: { PATH: process.env['PATH'], AWS_REGION: 'eu-central-1', ...environment },
  });
  return JSON.parse(stdout);
};

describe.concurrent('whatever is collected meanwhile', () => {
  test('a command for a queue server that says nothing is refused in time', async () => {
    const call = `
    const { postCommand } = await import('./lib/platform/post-command.ts');
    const command = { command_id: 'c', type: 'RecordRead', data: {}, correlation_id: 'c', causation_id: 'c' };
    return () => postCommand('records-commands', command, 300);`;
    const { code, ms } = await underMemoryPressure(call, { SQS_ENDPOINT: silent.url });
    expect(code).toBe('unavailable');
    expect(ms).toBeLessThan(enoughMs);
  });

  test('a Parameter Store that says nothing is given up in time', async () => {
    const call = `
    const { withParameters } = await import('./lib/platform/parameters.ts');
    return () => withParameters(process.env);`;
    const environment = { AWS_ENDPOINT_URL_SSM: silent.url, OPS_TOKEN_PARAMETER: '/tandem/prod/ops-token' };
    const { message, ms } = await underMemoryPressure(call, environment);
    expect(message).toMatch(/Parameter Store cannot be reached/);
    expect(ms).toBeLessThan(enoughMs);
  });

  test('a function that cannot be invoked is given up in time', async () => {
    const call = `
    const { startFunction } = await import('./lib/platform/start-function.ts');
    return () => startFunction('tandem-dev-rebuild', {});`;
    const { message, ms } = await underMemoryPressure(call, { AWS_ENDPOINT_URL_LAMBDA: silent.url });
    expect(message).toMatch(/Lambda cannot be reached/);
    expect(ms).toBeLessThan(enoughMs);
  });

  test('a batch for a queue server that says nothing is given up in time', async () => {
    const call = `
    const { sqsPublisher } = await import('./lib/platform/sqs/publisher.ts');
    return async () => {
      const { unreachable } = await sqsPublisher.send('tickets-projector', [{ id: 'e', body: '{}' }]);
      throw new Error(unreachable.reason);
    };`;
    const { message, ms } = await underMemoryPressure(call, { SQS_ENDPOINT: silent.url });
    expect(message).toMatch(/Timeout/);
    expect(ms).toBeLessThan(enoughMs);
  });
});
