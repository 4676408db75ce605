import { expect, test } from 'vitest';
import { addQueues } from '../../lib/deploy/queues.ts';
import type { FunctionDefinition, Service } from '../../lib/deploy/service.ts';

const settings = { prefix: 'test', maxAttempts: 5, batchSize: 10 };

const complete = (functions: Record<string, Partial<FunctionDefinition>>) => {
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
  return service.resources.Resources;
};

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
