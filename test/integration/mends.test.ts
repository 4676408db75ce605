// What we mend in dependencies from outside holds for one version of each. An update fails here first: look whether the
// file named still has to mend it, and drop it if not.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  ChangeMessageVisibilityCommand,
  CreateQueueCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
} from '@aws-sdk/client-sqs';
import { expect, inject, onTestFinished, test } from 'vitest';
import { createSqsClient } from '../../lib/local/sqs-queue.ts';

const read = (path: string) => JSON.parse(readFileSync(path, 'utf8'));

test.each([
  ['fauxqs', '2.4.1', ['fauxqs-mends', 'in-flight']],
  ['serverless-offline-sqs', '8.0.0', ['plugin']],
  ['serverless-offline', '14.8.2', ['hapi', 'gateway', 'invocations', 'quiet-offline']],
])('%s is the one that is mended, %s, by %o', (name, version, files) => {
  expect(read('package.json').devDependencies[name]).toBe(version);
  expect(read(`node_modules/${name}/package.json`).version).toBe(version);
  for (const file of files)
    expect(readFileSync(`lib/local/${file}.ts`, 'utf8')).toContain(`${name} ${version}`);
});

test('serverless-offline-sqs still does not ask which messages of a batch failed', () => {
  const source = readFileSync('node_modules/serverless-offline-sqs/src/sqs.js', 'utf8');
  expect(source).toContain('deleteMessageBatch');
  expect(source).not.toContain('batchItemFailures');
});

/** fauxqs as it comes, with its data in a directory. */
const plainFauxqs = async (): Promise<{ port: number; address: string }> => {
  const dataDir = mkdtempSync(join(inject('runDir'), 'plain-'));
  const program = `
    const { startFauxqs } = await import('fauxqs');
    const { Server } = await import('node:net');
    const { listen } = Server.prototype;
    let server;
    Server.prototype.listen = function (...given) { server = this; return listen.apply(this, given); };
    await startFauxqs({ port: 0, logger: false, dataDir: process.argv[1] });
    console.log(JSON.stringify(server.address()));`;
  const child = spawn(process.execPath, ['--no-warnings', '--input-type=module', '-e', program, dataDir], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  const [line] = await once(child.stdout, 'data');
  return JSON.parse(String(line));
};

test('fauxqs still listens on every interface, and loses a message that is given back at once', async () => {
  const { port, address } = await plainFauxqs();
  expect(['::', '0.0.0.0']).toContain(address);
  const client = createSqsClient(`http://127.0.0.1:${port}`, 'eu-central-1');
  const { QueueUrl } = await client.send(new CreateQueueCommand({ QueueName: 'q' }));
  await client.send(new SendMessageCommand({ QueueUrl, MessageBody: 'a' }));
  const { Messages = [] } = await client.send(new ReceiveMessageCommand({ QueueUrl }));
  const giveBack = client.send(
    new ChangeMessageVisibilityCommand({
      QueueUrl,
      ReceiptHandle: Messages[0]?.ReceiptHandle,
      VisibilityTimeout: 0,
    }),
  );
  const again = await giveBack.then(
    () => client.send(new ReceiveMessageCommand({ QueueUrl })),
    () => ({ Messages: undefined }),
  );
  expect(again.Messages).toBeUndefined();
});
