import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import {
  ChangeMessageVisibilityCommand,
  CreateQueueCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
} from '@aws-sdk/client-sqs';
import { MongoClient } from 'mongodb';
import { afterEach, beforeEach, expect, inject, onTestFinished, test } from 'vitest';
import { type Mongod, startMongod } from '../../lib/local/mongod.ts';
import { type QueueServer, startQueueServer } from '../../lib/local/queue-server.ts';
import { createSqsClient } from '../../lib/local/sqs-queue.ts';
import { waitFor } from '../support/wait-for.ts';

let dataDir: string;

beforeEach(() => {
  dataDir = mkdtempSync(join(inject('runDir'), 'local-parts-'));
});

afterEach(() => {
  rmSync(dataDir, { recursive: true, force: true });
});

const mongodHere = async (): Promise<Mongod> => {
  const mongod = await startMongod({ dataDir });
  onTestFinished(mongod.stop);
  return mongod;
};

const queueServerHere = async (): Promise<QueueServer> => {
  const server = await startQueueServer({ dataDir });
  onTestFinished(server.stop);
  return server;
};

const withDatabase = async <T>(mongod: Mongod, use: (client: MongoClient) => Promise<T>): Promise<T> => {
  const client = new MongoClient(mongod.url('local_parts'), { serverSelectionTimeoutMS: 5000 });
  try {
    return await use(client);
  } finally {
    await client.close();
  }
};

const insert = (mongod: Mongod, name: string): Promise<unknown> =>
  withDatabase(mongod, (client) =>
    client.withSession((session) =>
      session.withTransaction(() =>
        client
          .db()
          .collection('kept')
          .insertOne({ name }, { session, writeConcern: { w: 'majority', j: true } }),
      ),
    ),
  );

const names = (mongod: Mongod): Promise<string[]> =>
  withDatabase(mongod, async (client) => {
    const rows = await client.db().collection('kept').find().sort({ _id: 1 }).toArray();
    return rows.map(({ name }) => String(name));
  });

const occupy = (port: number): Promise<Server> =>
  new Promise((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen(port, '127.0.0.1', () => resolve(server));
  });

test('mongod keeps its data and its URL over a restart', async () => {
  const first = await mongodHere();
  await insert(first, 'a');
  await first.stop();
  const second = await mongodHere();
  expect(second.url('x')).toBe(first.url('x'));
  expect(await names(second)).toEqual(['a']);
});

test('mongod recovers by itself after kill -9', async () => {
  const first = await mongodHere();
  await insert(first, 'acknowledged');
  const pid = Number(readFileSync(join(dataDir, 'mongod', 'mongod.lock'), 'utf8'));
  process.kill(pid, 'SIGKILL');
  await waitFor('its end', () => {
    try {
      return !process.kill(pid, 0);
    } catch {
      return true;
    }
  });
  expect(await names(await mongodHere())).toEqual(['acknowledged']);
});

test('the replica set moves to another port when its own is taken, with its data', async () => {
  const first = await mongodHere();
  await insert(first, 'a');
  await first.stop();
  const occupant = await occupy(first.port);
  onTestFinished(() => void occupant.close());
  const second = await mongodHere();
  expect(second.port).not.toBe(first.port);
  await insert(second, 'b');
  expect(await names(second)).toEqual(['a', 'b']);
});

test('a mongod whose owner was killed is ended by the next start, with its data kept', async () => {
  const program = `
    const { startMongod } = await import('./lib/local/mongod.ts');
    await startMongod({ dataDir: process.argv[1] });
    process.stdout.write('up');`;
  const owner = spawn(process.execPath, ['--input-type=module', '-e', program, dataDir], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(owner.stdout, 'data');
  owner.kill('SIGKILL');
  await once(owner, 'exit');
  const next = await mongodHere();
  await insert(next, 'a');
  expect(await names(next)).toEqual(['a']);
});

test('data in use by a running mongod of this process is not taken from it', async () => {
  const running = await mongodHere();
  await expect(startMongod({ dataDir })).rejects.toThrow(/in use/);
  await insert(running, 'a');
});

const openQueue = async (server: QueueServer) => {
  const client = createSqsClient(server.endpoint, 'eu-central-1');
  const { QueueUrl } = await client.send(new CreateQueueCommand({ QueueName: 'kept' }));
  const receive = async () => {
    const { Messages = [] } = await client.send(
      new ReceiveMessageCommand({ QueueUrl, MessageSystemAttributeNames: ['All'] }),
    );
    return Messages[0];
  };
  return { client, QueueUrl, receive };
};

test('the queue server keeps its messages and its address, and gives again what was in flight', async () => {
  const first = await queueServerHere();
  const before = await openQueue(first);
  await before.client.send(new SendMessageCommand({ QueueUrl: before.QueueUrl, MessageBody: 'a' }));
  expect(await before.receive()).toMatchObject({ Body: 'a' });
  await first.stop();
  const second = await queueServerHere();
  expect(second.endpoint).toBe(first.endpoint);
  const again = await (await openQueue(second)).receive();
  expect(again).toMatchObject({ Body: 'a', Attributes: { ApproximateReceiveCount: '2' } });
});

test('a message given back at once is there at once, and remembers how often it was received', async () => {
  const { client, QueueUrl, receive } = await openQueue(await queueServerHere());
  await client.send(new SendMessageCommand({ QueueUrl, MessageBody: 'a' }));
  const ReceiptHandle = (await receive())?.ReceiptHandle;
  await client.send(new ChangeMessageVisibilityCommand({ QueueUrl, ReceiptHandle, VisibilityTimeout: 0 }));
  expect(await receive()).toMatchObject({ Attributes: { ApproximateReceiveCount: '2' } });
});
