import { type ChildProcess, fork } from 'node:child_process';
import { createRequire } from 'node:module';
import { delimiter, dirname, join } from 'node:path';
import { fieldAt } from './files.ts';
import { SetupError } from './log.ts';
import type { Parts } from './parts.ts';
import { endChild, endOf } from './processes.ts';
import { checkout, type Settings } from './settings.ts';
import type { Part } from './supervise.ts';

const drainWithinMs = 12_000;

const frameworkProgram = (): string => {
  const manifest = createRequire(import.meta.url).resolve('serverless/package.json');
  return join(dirname(manifest), 'bin', 'serverless.js');
};

const environment = (settings: Settings, parts: Parts, lambdaUrl: string): NodeJS.ProcessEnv => ({
  SLS_LOG_LEVEL: 'warning',
  // What failed comes again within seconds here, not after a visibility timeout.
  RECONCILE_GRACE_MS: '5000',
  ...process.env,
  PATH: [join(checkout, 'node_modules', '.bin'), process.env['PATH']].join(delimiter),
  SLS_NOTIFICATIONS_MODE: 'off',
  WRITE_DB_URL: parts.writeDbUrl,
  READ_DB_URL: parts.readDbUrl,
  SQS_ENDPOINT: parts.sqsEndpoint,
  HTTP_PORT: String(settings.httpPort),
  LAMBDA_PORT: String(settings.lambdaPort),
  QUEUE_PREFIX: settings.queuePrefix,
  AWS_ENDPOINT_URL_LAMBDA: lambdaUrl,
});

const ready = (child: ChildProcess): Promise<void> =>
  new Promise((resolve, reject) => {
    child.on('message', (message) => {
      if (fieldAt(message, 'ready') === true) resolve();
    });
    child.once('error', reject);
    child.once('exit', () => reject(new SetupError('The functions did not start: see the lines above.')));
  });

/** Runs `sls offline` until it takes requests. Throws a SetupError when it ends before. */
export const startFunctions = async (settings: Settings, parts: Parts, lambdaUrl: string): Promise<Part> => {
  const child = fork(frameworkProgram(), ['offline'], {
    cwd: checkout,
    env: environment(settings, parts, lambdaUrl),
    execArgv: [],
    // Its own process group: Ctrl-C in a terminal comes to us, and we end things in their order.
    detached: true,
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const stop = (): Promise<void> => endChild(child, drainWithinMs);
  try {
    await ready(child);
  } catch (error) {
    await stop();
    throw error;
  }
  return { ended: endOf(child), stop };
};
