import { randomUUID } from 'node:crypto';
import {
  DeleteQueueCommand,
  GetQueueAttributesCommand,
  GetQueueUrlCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
} from '@aws-sdk/client-sqs';
import { expect, inject, onTestFinished, test } from 'vitest';
import { startQueuePollers } from '../../lib/local/queue-pollers.ts';
import { ensureQueues } from '../../lib/local/queues.ts';
import { createSqsClient } from '../../lib/local/sqs-client.ts';
import { waitFor } from '../support/wait-for.ts';

const client = createSqsClient(inject('sqsEndpoint'), 'eu-central-1');

const resources = (name: string, maxReceiveCount: number, visibilitySeconds: number) => ({
  // Before its dead-letter queue, as serverless.yml may have it.
  Projector: {
    Type: 'AWS::SQS::Queue',
    Properties: {
      QueueName: name,
      VisibilityTimeout: visibilitySeconds,
      RedrivePolicy: { deadLetterTargetArn: { 'Fn::GetAtt': 'Dead.Arn' }, maxReceiveCount },
    },
  },
  Table: { Type: 'AWS::DynamoDB::Table', Properties: {} },
  Dead: { Type: 'AWS::SQS::Queue', Properties: { QueueName: `${name}-dlq` } },
});

const settings = async (url: string) => {
  const { Attributes = {} } = await client.send(
    new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: ['All'] }),
  );
  const policy = JSON.parse(Attributes['RedrivePolicy'] ?? '{}');
  return {
    visibilitySeconds: Number(Attributes['VisibilityTimeout']),
    attempts: Number(policy.maxReceiveCount),
    target: policy.deadLetterTargetArn,
  };
};

test('makes the queues of the resources, with their dead-letter queues', async () => {
  const name = `queues-${randomUUID()}`;
  const queues = await ensureQueues(client, resources(name, 5, 180));
  expect([...queues.keys()].sort()).toEqual(['Dead', 'Projector']);
  const url = queues.get('Projector')?.url ?? '';
  const target = queues.get('Dead')?.arn;
  expect(await settings(url)).toEqual({ visibilitySeconds: 180, attempts: 5, target });
});

test('a second time it changes what changed and keeps the messages', async () => {
  const name = `queues-${randomUUID()}`;
  const url = (await ensureQueues(client, resources(name, 5, 180))).get('Projector')?.url ?? '';
  await client.send(new SendMessageCommand({ QueueUrl: url, MessageBody: 'kept' }));
  const again = await ensureQueues(client, resources(name, 3, 60));
  expect(again.get('Projector')?.url).toBe(url);
  expect(await settings(url)).toMatchObject({ visibilitySeconds: 60, attempts: 3 });
  const { Messages = [] } = await client.send(new ReceiveMessageCommand({ QueueUrl: url }));
  expect(Messages.map(({ Body }) => Body)).toEqual(['kept']);
});

test('a queue without a name is a clear error', async () => {
  const nameless = { Projector: { Type: 'AWS::SQS::Queue', Properties: {} } };
  await expect(ensureQueues(client, nameless)).rejects.toThrow('the queue Projector has no QueueName');
});

test('queues that a restart of the server has lost come back by themselves, all of them, and messages flow', async () => {
  const name = `queues-${randomUUID()}`;
  const made = await ensureQueues(client, resources(name, 5, 180));
  const received: string[] = [];
  const lines: string[] = [];
  const pollers = startQueuePollers([{ functionKey: 'projector', sqs: made.get('Projector')?.arn }], {
    client,
    queues: made,
    makeQueues: () => ensureQueues(client, resources(name, 5, 180)),
    region: 'eu-central-1',
    timeoutMs: () => 10_000,
    invoke: async (_, event) => {
      for (const { body } of event.Records) received.push(body);
    },
    log: (line) => lines.push(line),
  });
  onTestFinished(() => Promise.all(pollers.map((poller) => poller.stop())).then(() => undefined));
  for (const { url } of made.values()) await client.send(new DeleteQueueCommand({ QueueUrl: url }));
  const find = (wanted: string) =>
    client.send(new GetQueueUrlCommand({ QueueName: wanted })).then(
      ({ QueueUrl }) => QueueUrl,
      () => undefined,
    );
  // ElasticMQ lets a long poll of a queue that is deleted run its 20 s.
  const url = (await waitFor('the queue', () => find(name), { timeoutMs: 40_000 })) ?? '';
  expect(await find(`${name}-dlq`)).toBeDefined();
  expect(await settings(url)).toMatchObject({ visibilitySeconds: 180, attempts: 5 });
  await client.send(new SendMessageCommand({ QueueUrl: url, MessageBody: 'after' }));
  await waitFor('the message', () => received.includes('after'), { timeoutMs: 20_000 });
  expect(lines).toContain('queues: the queue server had lost them, they are made again');
});
