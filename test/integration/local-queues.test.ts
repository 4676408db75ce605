import { randomUUID } from 'node:crypto';
import {
  DeleteQueueCommand,
  GetQueueAttributesCommand,
  GetQueueUrlCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
} from '@aws-sdk/client-sqs';
import type { SQSEvent } from 'aws-lambda';
import { expect, inject, onTestFinished, test } from 'vitest';
import { createOutages } from '../../lib/local/outage.ts';
import { startQueuePoller } from '../../lib/local/queue-poller.ts';
import { ensureQueues } from '../../lib/local/queues.ts';
import { createSqsClient } from '../../lib/local/sqs-queue.ts';
import { aConsumer } from '../support/queue-consumer.ts';
import { waitFor } from '../support/wait-for.ts';

const client = createSqsClient(inject('sqsEndpoint'), 'eu-central-1');

const consumerOf = (name: string, maxAttempts: number, visibilitySeconds: number) =>
  aConsumer(name, { maxAttempts, source: { name, attributes: { VisibilityTimeout: visibilitySeconds } } });

const settings = async (url: string) => {
  const { Attributes = {} } = await client.send(
    new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: ['All'] }),
  );
  const policy = JSON.parse(Attributes['RedrivePolicy'] ?? '{}');
  return {
    visibilitySeconds: Number(Attributes['VisibilityTimeout']),
    attempts: Number(policy.maxReceiveCount),
    target: String(policy.deadLetterTargetArn).split(':').at(-1),
  };
};

test('makes the queue of a consumer, with its dead-letter queue', async () => {
  const name = `queues-${randomUUID()}`;
  const { url, arn } = await ensureQueues(client, consumerOf(name, 5, 180));
  expect(arn.split(':').at(-1)).toBe(name);
  expect(await settings(url)).toEqual({ visibilitySeconds: 180, attempts: 5, target: `${name}-dlq` });
});

test('a second time it changes what changed and keeps the messages', async () => {
  const name = `queues-${randomUUID()}`;
  const { url } = await ensureQueues(client, consumerOf(name, 5, 180));
  await client.send(new SendMessageCommand({ QueueUrl: url, MessageBody: 'kept' }));
  const again = await ensureQueues(client, consumerOf(name, 3, 60));
  expect(again.url).toBe(url);
  expect(await settings(url)).toMatchObject({ visibilitySeconds: 60, attempts: 3 });
  const { Messages = [] } = await client.send(new ReceiveMessageCommand({ QueueUrl: url }));
  expect(Messages.map(({ Body }) => Body)).toEqual(['kept']);
});

const find = (name: string): Promise<string | undefined> =>
  client.send(new GetQueueUrlCommand({ QueueName: name })).then(
    ({ QueueUrl }) => QueueUrl,
    () => undefined,
  );

test('queues that a restart of the server has lost come back by themselves, all of them, and messages flow', async () => {
  const consumers = ['one', 'other'].map((word) => consumerOf(`queues-${word}-${randomUUID()}`, 5, 180));
  const received: string[] = [];
  const lines: string[] = [];
  const outages = createOutages((line) => lines.push(line));
  const handle = async ({ Records }: SQSEvent): Promise<void> => {
    for (const { body } of Records) received.push(body);
  };
  const pollers = await Promise.all(
    consumers.map((consumer) =>
      startQueuePoller({ client, consumer, region: 'eu-central-1', handle, outages }),
    ),
  );
  onTestFinished(() => Promise.all(pollers.map((poller) => poller.stop())).then(() => undefined));
  for (const { source, deadLetters } of consumers)
    for (const { name } of [source, deadLetters])
      await client.send(new DeleteQueueCommand({ QueueUrl: await find(name) }));
  for (const { queue, deadLetters } of consumers) {
    // ElasticMQ lets a long poll of a queue that is deleted run its 20 s.
    const url = (await waitFor('the queue', () => find(queue), { timeoutMs: 40_000 })) ?? '';
    expect(await find(deadLetters.name)).toBeDefined();
    expect(await settings(url)).toMatchObject({ visibilitySeconds: 180, attempts: 5 });
    await client.send(new SendMessageCommand({ QueueUrl: url, MessageBody: queue }));
    await waitFor('the message', () => received.includes(queue), { timeoutMs: 20_000 });
  }
  // Said once, and taken back once.
  expect(lines).toHaveLength(2);
  expect(lines[0]).toContain('its queue cannot be read');
  expect(lines[1]).toContain('works again, as all do');
});
