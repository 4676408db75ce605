import { randomUUID } from 'node:crypto';
import {
  GetQueueAttributesCommand,
  GetQueueUrlCommand,
  SendMessageBatchCommand,
  SendMessageCommand,
} from '@aws-sdk/client-sqs';
import type { SQSRecord } from 'aws-lambda';
import { afterAll, afterEach, beforeEach, describe, expect, inject, test } from 'vitest';
import type { QueueConsumer } from '../../lib/deploy/consumers.ts';
import { quiet } from '../../lib/local/log.ts';
import { createOutages } from '../../lib/local/outage.ts';
import { type QueuePoller, type QueuePollerOptions, startQueuePoller } from '../../lib/local/queue-poller.ts';
import { ensureQueues, type Queue } from '../../lib/local/queues.ts';
import { createSqsClient } from '../../lib/local/sqs-queue.ts';
import { aConsumer } from '../support/queue-consumer.ts';
import { waitFor } from '../support/wait-for.ts';

const region = 'eu-central-1';
const maxAttempts = 3;
const client = createSqsClient(inject('sqsEndpoint'), region);

let consumer: QueueConsumer;
let queue: Queue;
let loop: QueuePoller | undefined;
const stopped: Promise<void>[] = [];

beforeEach(async () => {
  consumer = aConsumer(`loop-${randomUUID()}`, { maxAttempts });
  queue = await ensureQueues(client, consumer);
});

// A loop takes up to a second to stop, on a queue of its own: the next test need not wait for it.
afterEach(() => {
  if (loop !== undefined) stopped.push(loop.stop());
  loop = undefined;
});

afterAll(() => Promise.all(stopped));

const start = async (
  handle: QueuePollerOptions['handle'],
  own: Partial<QueueConsumer> = {},
  options: Partial<QueuePollerOptions> = {},
): Promise<void> => {
  loop = await startQueuePoller({
    client,
    consumer: { ...consumer, ...own },
    region,
    retryDelayMs: () => 0,
    outages: createOutages(quiet),
    handle,
    ...options,
  });
};

const send = async (...bodies: string[]): Promise<void> => {
  for (let at = 0; at < bodies.length; at += 10) {
    const Entries = bodies.slice(at, at + 10).map((MessageBody, index) => ({ Id: `${index}`, MessageBody }));
    await client.send(new SendMessageBatchCommand({ QueueUrl: queue.url, Entries }));
  }
};

/** Waiting and in flight together. */
const depth = async (url: string): Promise<number> => {
  const AttributeNames = ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'] as const;
  const { Attributes = {} } = await client.send(
    new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: [...AttributeNames] }),
  );
  return AttributeNames.reduce((sum, name) => sum + Number(Attributes[name] ?? 0), 0);
};

const deadLetters = async (): Promise<number> => {
  const { QueueUrl = '' } = await client.send(
    new GetQueueUrlCommand({ QueueName: consumer.deadLetters.name }),
  );
  return depth(QueueUrl);
};

const becomesEmpty = (): Promise<unknown> =>
  waitFor('an empty queue', async () => (await depth(queue.url)) === 0);
const oneDeadLetter = (): Promise<unknown> =>
  waitFor('a dead letter', async () => (await deadLetters()) === 1);

/** Counts how often each body was received. */
const tally = () => {
  const counts = new Map<string, number>();
  return {
    of: (body: string): number => counts.get(body) ?? 0,
    add: (records: SQSRecord[]): void => {
      for (const { body } of records) counts.set(body, (counts.get(body) ?? 0) + 1);
    },
  };
};

const failuresFor = (records: SQSRecord[], bad: string) => ({
  batchItemFailures: records
    .filter(({ body }) => body === bad)
    .map(({ messageId }) => ({ itemIdentifier: messageId })),
});

describe('a function that answers for each message', () => {
  test('gets only the failed message again, until it is a dead letter after exactly MAX_ATTEMPTS', async () => {
    const received = tally();
    await start(async ({ Records }) => {
      received.add(Records);
      return failuresFor(Records, 'bad');
    });
    await send('a', 'bad', 'b');
    await oneDeadLetter();
    await becomesEmpty();
    expect([received.of('a'), received.of('b'), received.of('bad')]).toEqual([1, 1, maxAttempts]);
  });

  test.each([
    ['an empty list', { batchItemFailures: [] }],
    ['no list', { batchItemFailures: null }],
    ['an empty answer', {}],
    ['nothing', undefined],
    ['null', null],
  ])('has succeeded when it answers %s', async (_, answer) => {
    const received = tally();
    await start(async ({ Records }) => {
      received.add(Records);
      return answer;
    });
    await send('a');
    await waitFor('the message', () => received.of('a') === 1);
    await becomesEmpty();
    expect(await deadLetters()).toBe(0);
  });

  test.each([
    ['an unknown identifier', { batchItemFailures: [{ itemIdentifier: 'unknown' }] }],
    ['an empty identifier', { batchItemFailures: [{ itemIdentifier: '' }] }],
    ['a null identifier', { batchItemFailures: [{ itemIdentifier: null }] }],
    ['a misnamed identifier', { batchItemFailures: [{ identifier: 'x' }] }],
    ['a list that is none', { batchItemFailures: 'all' }],
  ])('fails the whole batch when it answers %s', async (_, answer) => {
    const received = tally();
    await start(async ({ Records }) => {
      received.add(Records);
      return answer;
    });
    await send('a');
    await oneDeadLetter();
    expect(received.of('a')).toBe(maxAttempts);
  });
});

test('a thrown error fails the whole batch', async () => {
  const received = tally();
  await start(({ Records }) => {
    received.add(Records);
    throw new Error('broken');
  });
  await send('a');
  await oneDeadLetter();
  expect(received.of('a')).toBe(maxAttempts);
});

test('a batch that outlives the time-out fails as a whole', async () => {
  const received = tally();
  await start(
    ({ Records }) => {
      received.add(Records);
      return new Promise(() => undefined);
    },
    { timeoutSeconds: 0.02, concurrency: 20 },
  );
  await send('a');
  await oneDeadLetter();
  expect(received.of('a')).toBe(maxAttempts);
});

test('collects past ten messages up to the batch size, and loses none', async () => {
  const bodies = Array.from({ length: 250 }, (_, index) => `m-${index}`);
  await send(...bodies);
  const received = tally();
  const sizes: number[] = [];
  await start(
    async ({ Records }) => {
      sizes.push(Records.length);
      received.add(Records);
    },
    { batchSize: 100 },
  );
  await becomesEmpty();
  expect(bodies.map(received.of)).toEqual(bodies.map(() => 1));
  expect(Math.max(...sizes)).toBeGreaterThan(10);
  expect(Math.max(...sizes)).toBeLessThanOrEqual(100);
});

test('a batch that hangs does not hold up the next, and no more than the limit are in flight', async () => {
  let release: () => void = () => undefined;
  const held = new Promise<void>((resolve) => (release = resolve));
  let inFlight = 0;
  let most = 0;
  await start(
    async () => {
      inFlight += 1;
      most = Math.max(most, inFlight);
      await held;
      inFlight -= 1;
    },
    { batchSize: 1, concurrency: 2 },
  );
  await send('a', 'b', 'c', 'd');
  await waitFor('two batches in flight', () => inFlight === 2);
  release();
  await becomesEmpty();
  expect(most).toBe(2);
});

test('stopping waits for the batch in flight and gives back what failed at once', async () => {
  let release: () => void = () => undefined;
  const held = new Promise<void>((resolve) => (release = resolve));
  let entered = false;
  await start(
    async ({ Records }) => {
      entered = true;
      await held;
      return failuresFor(Records, 'bad');
    },
    {},
    { retryDelayMs: () => 60_000 },
  );
  await send('good', 'bad');
  await waitFor('the batch', () => entered);
  const stopping = loop?.stop();
  release();
  await stopping;
  const again = tally();
  await start(async ({ Records }) => again.add(Records));
  await waitFor('the failed message', () => again.of('bad') === 1);
  await becomesEmpty();
});

test('goes on when the queue server comes back', async () => {
  const received = tally();
  const lines: string[] = [];
  let away = false;
  const flaky = createSqsClient(inject('sqsEndpoint'), region);
  flaky.middlewareStack.add(
    (next) => (args) => {
      if (away) throw new Error('connection refused');
      return next(args);
    },
    { step: 'initialize' },
  );
  const outages = createOutages((line) => lines.push(line));
  await start(async ({ Records }) => received.add(Records), {}, { client: flaky, outages });
  away = true;
  await waitFor('a line that says so', () => lines.length > 0);
  await send('a');
  away = false;
  await waitFor('the message', () => received.of('a') === 1);
  expect(lines).toEqual([
    `${consumer.queue}: its queue cannot be read, trying again: connection refused`,
    `${consumer.queue}: works again, as all do`,
  ]);
});

test('hands over records as Lambda does', async () => {
  const seen: SQSRecord[] = [];
  await start(async ({ Records }) => void seen.push(...Records));
  const MessageAttributes = {
    text: { DataType: 'String', StringValue: 'väl' },
    bytes: { DataType: 'Binary', BinaryValue: Buffer.from([1, 2]) },
  };
  await client.send(
    new SendMessageCommand({ QueueUrl: queue.url, MessageBody: '{"a":1}', MessageAttributes }),
  );
  const record = await waitFor('the record', () => seen[0]);
  expect(record).toMatchObject({
    messageId: expect.any(String),
    receiptHandle: expect.any(String),
    body: '{"a":1}',
    attributes: {
      ApproximateReceiveCount: '1',
      SentTimestamp: expect.stringMatching(/^\d{13}$/),
      SenderId: expect.any(String),
      ApproximateFirstReceiveTimestamp: expect.stringMatching(/^\d{13}$/),
    },
    messageAttributes: {
      text: { dataType: 'String', stringValue: 'väl', stringListValues: [], binaryListValues: [] },
      bytes: { dataType: 'Binary', binaryValue: 'AQI=', stringListValues: [], binaryListValues: [] },
    },
    md5OfBody: 'bb6cb5c68df4652941caf652a366f2d8',
    eventSource: 'aws:sqs',
    eventSourceARN: queue.arn,
    awsRegion: region,
  });
});
