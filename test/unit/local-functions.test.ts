// The process of the functions as `npm start` starts it. Source: lib/local/functions-process.ts.
import { EventEmitter } from 'node:events';
import { delimiter } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { startFunctions } from '../../lib/local/functions-process.ts';
import type { Parts } from '../../lib/local/parts.ts';
import { readSettings } from '../../lib/local/settings.ts';

interface Child extends EventEmitter {
  exitCode: number | null;
  signalCode: string | null;
}
interface Asked {
  program: string;
  args: string[];
  env: NodeJS.ProcessEnv;
}
const given = vi.hoisted(() => ({ children: [] as unknown[], asked: [] as unknown[] }));
vi.mock('node:child_process', async (original) => ({
  ...(await original<object>()),
  fork: (program: string, args: string[], options: { env: NodeJS.ProcessEnv }) => {
    given.asked.push({ program, args, ...options });
    return given.children.at(-1);
  },
}));

let child: Child;
beforeEach(() => {
  child = Object.assign(new EventEmitter(), { exitCode: null, signalCode: null });
  Object.assign(given, { children: [child], asked: [] });
});
afterEach(() => {
  vi.unstubAllEnvs();
});

const start = () => {
  const parts = {
    writeDbUrl: 'mongodb://w',
    readDbUrl: 'mongodb://r',
    sqsEndpoint: 'http://q',
  } as object as Parts;
  const settings = readSettings({ HTTP_PORT: '4000', LAMBDA_PORT: '4002', QUEUE_PREFIX: 'own' });
  return startFunctions(settings, parts, 'http://lambda');
};

test('functions know where the parts are, whatever stood in the environment, and find the programs of this checkout', async () => {
  for (const [name, value] of Object.entries({
    ...{ WRITE_DB_URL: 'mongodb://other', PATH: '/programs', SOMETHING: 'of the user', SLS_LOG_LEVEL: '' },
    SLS_NOTIFICATIONS_MODE: 'all',
  }))
    vi.stubEnv(name, value);
  vi.stubEnv('SLS_LOG_LEVEL', undefined);
  vi.stubEnv('RECONCILE_GRACE_MS', '7');
  const starting = start();
  child.emit('message', { ready: true });
  const part = await starting;
  const [{ program, args, env }] = given.asked as [Asked];
  expect([program.endsWith('/bin/serverless.js'), args]).toEqual([true, ['offline']]);
  expect(env).toMatchObject({
    ...{ WRITE_DB_URL: 'mongodb://w', READ_DB_URL: 'mongodb://r', SQS_ENDPOINT: 'http://q' },
    ...{ HTTP_PORT: '4000', LAMBDA_PORT: '4002', QUEUE_PREFIX: 'own' },
    ...{ AWS_ENDPOINT_URL_LAMBDA: 'http://lambda', SLS_NOTIFICATIONS_MODE: 'off', SLS_LOG_LEVEL: 'warning' },
    ...{ SOMETHING: 'of the user', RECONCILE_GRACE_MS: '7' },
  });
  const [first, second] = env['PATH']?.split(delimiter) ?? [];
  expect([first?.endsWith('/node_modules/.bin'), second]).toEqual([true, '/programs']);
  child.signalCode = 'SIGKILL';
  child.emit('exit', null, 'SIGKILL');
  expect(await part.ended).toBe('SIGKILL');
});

test('functions have started when they say so, not at their first word', async () => {
  const starting = start();
  let isReady = false;
  void starting.then(() => {
    isReady = true;
  });
  for (const message of ['ready', { ready: false }, {}]) child.emit('message', message);
  await new Promise((resolve) => setImmediate(resolve));
  expect(isReady).toBe(false);
  child.emit('message', { ready: true });
  await starting;
});

test('functions that end before they take requests, or cannot be started at all, are told of', async () => {
  const ending = start();
  child.exitCode = 1;
  child.emit('exit', 1);
  await expect(ending).rejects.toThrow('The functions did not start: see the lines above.');
  const failing = start();
  child.emit('error', new Error('no such program'));
  await expect(failing).rejects.toThrow('no such program');
});
