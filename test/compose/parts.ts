// What docker-compose.yml starts, started by hand if there is no Docker: ElasticMQ of its version, and mongod with its
// arguments. On the usual ports if they are free, so that `sls offline` finds them by itself; on others, it is told.
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';
import { findMongod } from '../../lib/local/mongod-binary.ts';
import { freePort, isFree } from '../../lib/local/ports.ts';
import { endChild } from '../../lib/local/processes.ts';
import { becomePrimary } from '../../lib/local/replica-set.ts';
import { startElasticMq } from '../support/elasticmq.ts';

interface Compose {
  services: { elasticmq: { image: string }; mongodb: { command: string[] } };
}

const { services }: Compose = parse(readFileSync('docker-compose.yml', 'utf8'));

const portOr = async (usual: number): Promise<number> => ((await isFree(usual)) ? usual : freePort());

const startMongo = async () => {
  const home = mkdtempSync(join(tmpdir(), 'tandem-compose-'));
  const { path } = await findMongod(home, () => undefined);
  const port = await portOr(27017);
  const own = services.mongodb.command.filter((word) => word !== '--bind_ip_all');
  const place = ['--bind_ip', '127.0.0.1', '--port', String(port), '--dbpath', home, '--nounixsocket'];
  let child: ChildProcess | undefined;
  const start = async (): Promise<void> => {
    child = spawn(path, [...own, ...place, '--quiet'], { stdio: 'ignore' });
    await becomePrimary(port);
  };
  const kill = async (): Promise<void> => {
    child?.kill('SIGKILL');
    if (child !== undefined) await endChild(child, 5_000);
  };
  await start();
  return {
    start,
    kill,
    url: (name: string) => `mongodb://127.0.0.1:${port}/${name}?replicaSet=rs0`,
    isUsual: port === 27017,
    async stop(): Promise<void> {
      await kill();
      rmSync(home, { recursive: true, force: true });
    },
  };
};

export const startParts = async () => {
  const mongo = await startMongo();
  const port = await portOr(9324);
  const startQueues = () => startElasticMq({ port });
  let queues = await startQueues();
  assert.equal(services.elasticmq.image, `softwaremill/elasticmq:${queues.version}`);
  return {
    mongo,
    /** Ends it and starts it again, empty. */
    async restartQueues(): Promise<void> {
      await queues.stop();
      queues = await startQueues();
    },
    /** What `sls offline` has to be told. */
    environment: {
      ...(mongo.isUsual
        ? {}
        : { WRITE_DB_URL: mongo.url('tandem_write'), READ_DB_URL: mongo.url('tandem_read') }),
      ...(port === 9324 ? {} : { SQS_ENDPOINT: queues.endpoint }),
    },
    async stop(): Promise<void> {
      await queues.stop();
      await mongo.stop();
    },
  };
};
