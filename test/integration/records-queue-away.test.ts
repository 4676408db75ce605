import { createServer, type Server } from 'node:net';
import type { APIGatewayProxyEventV2, Context } from 'aws-lambda';
import { afterEach, beforeAll, describe, expect, inject, test, vi } from 'vitest';
import { recordCommands } from '../../lib/records/commands.ts';
import { recordsProjector } from '../../lib/records/projections.ts';
import { context, eventsOf } from '../support/context.ts';
import { useDatabases } from '../support/database.ts';
import { openSubscriber } from '../support/open.ts';
import { openQueue } from '../support/queues.ts';

const databases = useDatabases();
const servers: Server[] = [];

/** An address where somebody listens and never says a word. */
const silentAddress = async (): Promise<string> => {
  const server = createServer();
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`;
};

const closedAddress = async (): Promise<string> => {
  const address = await silentAddress();
  await new Promise((resolve) => servers.pop()?.close(resolve));
  return address;
};

/** The function as a container has it whose environment names this queue server. */
const readWith = async (sqsEndpoint: string) => {
  vi.resetModules();
  vi.stubEnv('SQS_ENDPOINT', sqsEndpoint);
  vi.stubEnv('QUEUE_PREFIX', 'away');
  vi.stubEnv('READ_DB_URL', databases.readUrl);
  const { handler } = await import('../../functions/records/queries.ts');
  const { closeDatabases } = await import('../../lib/platform/mongo.ts');
  const event: Partial<APIGatewayProxyEventV2> = {
    routeKey: 'GET /read/{key+}',
    rawPath: '/read/k',
    headers: { 'x-correlation-id': 'call-1' },
    pathParameters: { key: 'k' },
  };
  const started = performance.now();
  const answer = await handler(
    event as APIGatewayProxyEventV2,
    { functionName: 'recordsQueries' } as Context,
  );
  const ms = performance.now() - started;
  await closeDatabases();
  return { answer, ms };
};

const silence = () => {
  const lines: string[] = [];
  for (const stream of [process.stdout, process.stderr]) {
    vi.spyOn(stream, 'write').mockImplementation((line) => lines.push(String(line)) > 0);
  }
  return lines;
};

beforeAll(async () => {
  await recordCommands(databases.write).send(
    { type: 'WriteRecord', data: { key: 'k', value: 'v' } },
    context(),
  );
  await openSubscriber(recordsProjector, databases.write, databases.read).apply(
    await eventsOf(databases.write, 'Record'),
  );
});

afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
  for (const server of servers.splice(0)) server.close();
});

describe('a read of a record', () => {
  test.each([
    ['cannot be reached', closedAddress],
    ['does not answer', silentAddress],
  ])('is answered within a second if the queue %s, and says so in the log', async (_how, address) => {
    const lines = silence();
    const { answer, ms } = await readWith(await address());
    vi.restoreAllMocks();
    expect(answer).toMatchObject({ statusCode: 200, body: expect.stringContaining('"value":"v"') });
    expect(ms).toBeLessThan(1_500);
    const line = lines.find((one) => one.includes('read not counted'));
    expect(JSON.parse(line ?? '{}')).toMatchObject({ level: 'WARN', correlation_id: 'call-1', key: 'k' });
  });

  test('puts a command on the queue of records', async () => {
    const { CreateQueueCommand, SQSClient } = await import('@aws-sdk/client-sqs');
    const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
    const sqs = new SQSClient({ endpoint: inject('sqsEndpoint'), region: 'eu-central-1', credentials });
    await sqs.send(new CreateQueueCommand({ QueueName: 'away-records-commands' }));
    const queue = await openQueue(inject('sqsEndpoint'), 'away-records-commands');
    silence();
    const { answer } = await readWith(inject('sqsEndpoint'));
    vi.restoreAllMocks();
    expect(answer.statusCode).toBe(200);
    expect(await queue.depth()).toBe(1);
  });
});
