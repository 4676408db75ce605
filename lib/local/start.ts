// `npm start`: brings the whole system up on this machine, and ends all of it together.

import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { numberAt, readJson, writeWhole } from './files.ts';
import { startFunctions } from './functions-process.ts';
import { isSetupError, SetupError } from './log.ts';
import { type Parts, startParts } from './parts.ts';
import { commandLine, isAlive } from './processes.ts';
import { checkDataDir, checkPorts } from './reachable.ts';
import { forgetRunning, tellRunning } from './running.ts';
import { readSettings, type Settings } from './settings.ts';
import { summary } from './summary.ts';
import { keepRunning, type Part, type Supervised } from './supervise.ts';

const afterKillMs = 15_000;
// So long may the queue server hand messages to receivers that have died. New ones take longer to start.
const lastReceiveMs = 1_500;
const startedAt = performance.now();

const log = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

/** True when an earlier run was killed: what it started may still be on its way out. */
const claimDataDir = async (path: string): Promise<boolean> => {
  const pid = numberAt(await readJson(path), 'pid');
  if (
    pid !== undefined &&
    pid !== process.pid &&
    isAlive(pid) &&
    (await commandLine(pid)).includes('start.ts')
  ) {
    throw new SetupError(
      `It runs already (process ${pid}): end that one, or set TANDEM_DATA_DIR, HTTP_PORT and LAMBDA_PORT for a second.`,
    );
  }
  await writeWhole(path, JSON.stringify({ pid: process.pid }));
  return pid !== undefined;
};

const main = async (settings: Settings): Promise<void> => {
  const claim = join(settings.dataDir, 'start.json');
  await checkDataDir(settings.dataDir);
  const patienceMs = (await claimDataDir(claim)) ? afterKillMs : 0;
  await forgetRunning(settings.dataDir);
  let parts: Parts | undefined;
  let functions: Supervised<Part> | undefined;
  let ending: Promise<void> | undefined;

  const end = (): Promise<void> => {
    ending ??= (async () => {
      await forgetRunning(settings.dataDir);
      await functions?.stop();
      await parts?.stop();
      await rm(claim, { force: true });
    })();
    return ending;
  };
  const endOn = async (signal: NodeJS.Signals): Promise<void> => {
    // The second signal does not wait; what was started notices that this process has gone.
    if (ending !== undefined) process.exit(1);
    log(`\n${signal}: ending, the data stays in ${settings.dataDir}`);
    await end();
    process.exit(0);
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => void endOn(signal));

  try {
    await checkPorts(settings, patienceMs);
    const started = await startParts(settings, log);
    parts = started;
    const httpUrl = `http://127.0.0.1:${settings.httpPort}`;
    const lambdaUrl = `http://127.0.0.1:${settings.lambdaPort}`;
    log('functions: starting');
    const start = async (again: boolean): Promise<Part> => {
      const release = again ? wait(lastReceiveMs).then(started.releaseInFlight) : undefined;
      const [part] = await Promise.all([startFunctions(settings, started, lambdaUrl), release]);
      return part;
    };
    functions = keepRunning('functions', start, log);
    await functions.started;
    const running = {
      http_url: httpUrl,
      lambda_url: lambdaUrl,
      write_db_url: parts.writeDbUrl,
      read_db_url: parts.readDbUrl,
      sqs_endpoint: parts.sqsEndpoint,
      queue_prefix: settings.queuePrefix,
    };
    await tellRunning(settings.dataDir, running);
    log(summary(running, settings.dataDir, performance.now() - startedAt));
    await Promise.race([functions.givenUp, parts.givenUp]);
  } catch (error) {
    if (ending !== undefined) return;
    await end();
    throw error;
  }
};

try {
  await main(readSettings(process.env));
} catch (error) {
  process.stderr.write(
    `${isSetupError(error) ? error.message : error instanceof Error ? error.stack : error}\n`,
  );
  process.exit(1);
}
