import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { numberAt, readJson, writeWhole } from './files.ts';
import { SetupError } from './log.ts';

const listenOnce = (port: number, host: string): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(port, host, () => {
      const address = server.address();
      const bound = typeof address === 'object' && address !== null ? address.port : port;
      server.close(() => resolve(bound));
    });
  });

/** Whether a server may listen on the port. */
export const isFree = async (port: number, host = '127.0.0.1'): Promise<boolean> => {
  try {
    await listenOnce(port, host);
    return true;
  } catch {
    return false;
  }
};

/** Waits for a port that a process of an earlier run is about to leave. */
export const becomesFree = async (port: number, timeoutMs: number): Promise<boolean> => {
  const deadline = Date.now() + timeoutMs;
  while (!(await isFree(port))) {
    if (Date.now() > deadline) return false;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return true;
};

// Below the ports that outgoing connections are given: one of those may take a port between its choice and its use.
const choice = { from: 10_000, to: 32_000 };

export const freePort = async (tries = 50): Promise<number> => {
  if (tries === 0) return listenOnce(0, '127.0.0.1');
  const port = randomInt(choice.from, choice.to);
  return (await isFree(port)) ? port : freePort(tries - 1);
};

const shortPatienceMs = 1_000;
const longPatienceMs = 10_000;

export interface KeptPort {
  port: number;
  previous: number | undefined;
  keep(): Promise<void>;
}

/**
 * The port a part had the last time in this data directory, while it is free; else a new one, or a
 * SetupError if others know the part by that port (`stays`). The part calls `keep` once it listens.
 */
export const keptPort = async (dataDir: string, name: string, stays = false): Promise<KeptPort> => {
  const path = join(dataDir, `${name}.port.json`);
  const previous = numberAt(await readJson(path), 'port');
  const patienceMs = stays ? longPatienceMs : shortPatienceMs;
  const isStill = previous !== undefined && (await becomesFree(previous, patienceMs));
  if (stays && !isStill) throw new SetupError(`its port ${previous} was taken by another program`);
  const port = isStill ? previous : await freePort();
  return { port, previous, keep: () => writeWhole(path, JSON.stringify({ port })) };
};
