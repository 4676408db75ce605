// A consumer such as serverless.yml has them, of a queue of the test's own.
import type { QueueConsumer } from '../../lib/deploy/consumers.ts';

export const aConsumer = (queue: string, more: Partial<QueueConsumer> = {}): QueueConsumer => ({
  functionKey: 'consumer',
  queue,
  source: { name: queue, attributes: { VisibilityTimeout: 120 } },
  deadLetters: { name: `${queue}-dlq`, attributes: {} },
  maxAttempts: 5,
  timeoutSeconds: 30,
  batchSize: 10,
  windowSeconds: 0,
  concurrency: 5,
  ...more,
});
