// A replica set of three on loopback, whose nodes can be killed, frozen and started again.
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdir, mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import { MongoClient } from 'mongodb';
import { inject } from 'vitest';
import { findMongod } from '../../lib/local/mongod-binary.ts';
import { freePort } from '../../lib/local/ports.ts';
import { waitFor } from './wait-for.ts';

const setName = 'three';
const electionTimeoutMillis = 1_000;

interface Node {
  port: number;
  start(): Promise<void>;
  kill(): Promise<void>;
  /** Stops it without a word: its sockets stay open and nothing answers. */
  freeze(): void;
  thaw(): void;
}

const askNode = async (port: number, command: object): Promise<Record<string, unknown>> => {
  const client = new MongoClient(`mongodb://127.0.0.1:${port}/?directConnection=true`, {
    serverSelectionTimeoutMS: 1_000,
    connectTimeoutMS: 1_000,
    socketTimeoutMS: 5_000,
  });
  try {
    return await client.db('admin').command({ ...command });
  } finally {
    await client.close();
  }
};

const isPrimary = async ({ port }: Node): Promise<boolean> =>
  askNode(port, { hello: 1 }).then(
    ({ isWritablePrimary }) => isWritablePrimary === true,
    () => false,
  );

const openNode = async (binary: string, home: string, index: number): Promise<Node> => {
  const port = await freePort();
  const dbPath = join(home, `node-${index}`);
  await mkdir(dbPath);
  let child: ChildProcess | undefined;
  const args = ['--replSet', setName, '--port', String(port), '--bind_ip', '127.0.0.1', '--dbpath', dbPath];
  const sparing = ['--wiredTigerCacheSizeGB', '0.25', '--oplogSize', '64', '--nounixsocket', '--quiet'];
  return {
    port,
    async start() {
      child = spawn(binary, [...args, ...sparing], { stdio: 'ignore' });
      await waitFor(`node ${index} to answer`, () => askNode(port, { ping: 1 }), { timeoutMs: 30_000 });
    },
    async kill() {
      const killed = child;
      if (killed === undefined || killed.exitCode !== null || killed.signalCode !== null) return;
      const gone = new Promise((resolve) => killed.once('exit', resolve));
      killed.kill('SIGKILL');
      await gone;
    },
    freeze: () => void child?.kill('SIGSTOP'),
    thaw: () => void child?.kill('SIGCONT'),
  };
};

export interface ThreeNodes {
  nodes: Node[];
  url(database: string): string;
  /** Waits for a node that takes writes. */
  primary(): Promise<Node>;
  stepDown(): Promise<void>;
  stop(): Promise<void>;
}

/** Starts the set and waits for its first primary. The run's guard ends what is left of it. */
export const startThreeNodes = async (): Promise<ThreeNodes> => {
  const home = await mkdtemp(join(inject('runDir'), 'three-'));
  const binary = await findMongod(join(inject('runDir'), 'parts'), () => undefined);
  const nodes = await Promise.all([0, 1, 2].map((index) => openNode(binary.path, home, index)));
  await Promise.all(nodes.map((node) => node.start()));
  const members = nodes.map(({ port }, _id) => ({ _id, host: `127.0.0.1:${port}` }));
  const settings = { electionTimeoutMillis, heartbeatIntervalMillis: 300 };
  await askNode(members.length > 0 ? (nodes[0]?.port ?? 0) : 0, {
    replSetInitiate: { _id: setName, members, settings },
  });
  const primary = () =>
    waitFor(
      'a primary',
      async () => {
        const writable = await Promise.all(nodes.map(isPrimary));
        return nodes.find((_, index) => writable[index]);
      },
      { timeoutMs: 30_000 },
    );
  await primary();
  return {
    nodes,
    url: (database) =>
      `mongodb://${nodes.map(({ port }) => `127.0.0.1:${port}`).join(',')}/${database}?replicaSet=${setName}`,
    primary,
    async stepDown() {
      const { port } = await primary();
      await askNode(port, { replSetStepDown: 3, force: true });
    },
    async stop() {
      await Promise.all(nodes.map((node) => node.kill()));
    },
  };
};
