import { expect, test } from 'vitest';
import { addQueues } from '../../lib/deploy/queues.ts';
import type { FunctionDefinition, Service } from '../../lib/deploy/service.ts';

const settings = { prefix: 'test', maxAttempts: 5, batchSize: 10 };

const serviceOf = (functions: Record<string, Partial<FunctionDefinition>>): Service => {
  const service: Service = {
    service: 'test',
    provider: { stage: 'dev', environment: {} },
    custom: {},
    functions: Object.fromEntries(
      Object.entries(functions).map(([key, definition]) => [
        key,
        { handler: `${key}.handler`, ...definition },
      ]),
    ),
    resources: { Resources: {} },
  };
  addQueues(service, ['a', 'b'], settings);
  return service;
};
const complete = (functions: Record<string, Partial<FunctionDefinition>>) =>
  serviceOf(functions).resources.Resources;

test('a queue is what its consumer says of it, and what no consumer says is the same for all', () => {
  const { functions, resources } = serviceOf({
    one: { consumes: 'a' },
    two: { consumes: { queue: 'b', batchSize: 100, windowSeconds: 2, concurrency: 3 }, timeout: 60 },
  });
  const source = (id: string) => ({
    arn: { 'Fn::GetAtt': [id, 'Arn'] },
    functionResponseType: 'ReportBatchItemFailures',
  });
  expect(functions['one']).toMatchObject({ timeout: 30 });
  expect(functions['one']?.events).toEqual([
    { sqs: { ...source('AQueue'), batchSize: 10, maximumConcurrency: 10 } },
  ]);
  expect(functions['two']).toMatchObject({ timeout: 60 });
  expect(functions['two']?.events).toEqual([
    {
      sqs: { ...source('BQueue'), batchSize: 100, maximumConcurrency: 3, maximumBatchingWindow: 2 },
    },
  ]);
  const kept = { Type: 'AWS::SQS::Queue', UpdateReplacePolicy: 'Retain', DeletionPolicy: 'Delete' };
  const daySeconds = 86_400;
  const redrive = (id: string) => ({
    deadLetterTargetArn: { 'Fn::GetAtt': [id, 'Arn'] },
    maxReceiveCount: 5,
  });
  expect(resources.Resources).toMatchObject({
    AQueue: {
      ...kept,
      Properties: {
        ...{ QueueName: 'test-a', VisibilityTimeout: 180, MessageRetentionPeriod: 4 * daySeconds },
        RedrivePolicy: redrive('ADeadLetters'),
      },
    },
    ADeadLetters: {
      ...kept,
      Properties: { QueueName: 'test-a-dlq', MessageRetentionPeriod: 14 * daySeconds },
    },
    BQueue: { Properties: { VisibilityTimeout: 362, RedrivePolicy: redrive('BDeadLetters') } },
  });
});

test('ten messages a call need no window', () => {
  const definition = { consumes: { queue: 'a', batchSize: 10 } };
  expect(() => complete({ one: definition, two: { consumes: 'b' } })).not.toThrow();
});

test('a queue and its dead letters are made for each consumer', () => {
  expect(Object.keys(complete({ one: { consumes: 'a' }, two: { consumes: 'b' } }))).toEqual([
    'AQueue',
    'ADeadLetters',
    'BQueue',
    'BDeadLetters',
  ]);
});

test.each([
  ['a queue without a consumer', { one: { consumes: 'a' } }, 'no function has «consumes: b»'],
  [
    'a second consumer',
    { one: { consumes: 'a' }, two: { consumes: 'a' } },
    'a second function, two, consumes a',
  ],
  ['a queue that no domain has', { one: { consumes: 'c' } }, 'one consumes c, which no domain.ts names'],
  [
    'large batches without a window',
    { one: { consumes: { queue: 'a', batchSize: 100 } } },
    'above 10 messages a call AWS wants windowSeconds',
  ],
  [
    'an event source written by hand',
    { one: { events: [{ sqs: { arn: 'a' } }] } },
    'one has an sqs event of its own: say «consumes»',
  ],
])('%s is refused in one sentence', (_what, functions, sentence) => {
  expect(() => complete(functions)).toThrow(sentence);
});
