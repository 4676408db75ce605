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

test.each([
  ['lets any page read its answers', 'events/http/HttpServer', '= request.headers.origin'],
  [
    'parses a body before the function does',
    'events/http/HttpServer',
    'request.payload = parse(request.payload)',
  ],
  ['keeps the server of its Lambda API to itself', 'lambda/HttpServer', '#server = null'],
  ['keeps its functions to itself', 'ServerlessOffline', '#lambda = null'],
  [
    'writes of each failure once more',
    'lambda/handler-runner/HandlerRunner',
    'Unhandled exception in handler',
  ],
])('serverless-offline still %s', (_what, file, line) => {
  const source = readFileSync(`node_modules/serverless-offline/src/${file}.js`, 'utf8');
  expect(source.replaceAll(/\s+/g, ' ')).toContain(line);
});

test('fauxqs still flushes each message to disk by itself', () => {
  const source = readFileSync('node_modules/fauxqs/dist/persistence.js', 'utf8');
  expect(source).toContain('journal_mode');
  expect(source).not.toContain('synchronous');
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
