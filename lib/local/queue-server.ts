// The local SQS server: fauxqs in its own process, with its data in a directory.
// Guarantees: the same endpoint after a restart while its port is free; messages survive a kill -9.

import { type ChildProcess, fork } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { numberAt, stringAt } from './files.ts';
import { type Log, quiet, SetupError } from './log.ts';
import { freePort, keptPort } from './ports.ts';
import { endChild, endOf } from './processes.ts';
import type { Part } from './supervise.ts';

export type QueueServer = Part & { endpoint: string };

export interface QueueServerOptions {
  /** Where the messages are kept. Without it: in memory. */
  dataDir?: string;
  /** Its endpoint is in use already: it must have its last port again. */
  stays?: boolean;
  log?: Log;
  region?: string;
}

const program = fileURLToPath(new URL('./queue-server-process.ts', import.meta.url));

const listening = (child: ChildProcess): Promise<number> =>
  new Promise((resolve, reject) => {
    child.once('message', (message) => {
      const port = numberAt(message, 'port');
      if (port !== undefined) resolve(port);
      else reject(new SetupError(`The queue server did not start: ${stringAt(message, 'error')}.`));
    });
    child.once('exit', () => reject(new SetupError('The queue server ended before it listened.')));
  });

/** Starts the queue server and waits until it listens. Throws a SetupError. */
export const startQueueServer = async ({
  dataDir,
  stays = false,
  log = quiet,
  region = 'eu-central-1',
}: QueueServerOptions = {}): Promise<QueueServer> => {
  const kept = dataDir === undefined ? undefined : await keptPort(dataDir, 'queue-server', stays);
  const port = kept?.port ?? (await freePort());
  const directory = dataDir === undefined ? '' : join(dataDir, 'queues');
  const child = fork(program, [directory, String(port), region], {
    // Its own process group: Ctrl-C in a terminal must not reach it before the functions have drained.
    detached: true,
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    execArgv: ['--disable-warning=ExperimentalWarning'],
  });
  await listening(child);
  // Tests that forget to stop it must still end; it ends with its parent.
  child.unref();
  child.channel?.unref();
  await kept?.keep();
  log(`queues: fauxqs on port ${port}`);
  return {
    endpoint: `http://127.0.0.1:${port}`,
    ended: endOf(child),
    stop: () => endChild(child, 5000),
  };
};
