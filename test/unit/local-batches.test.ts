// What becomes of a batch of messages on this machine. Source: lib/local/queue-batches.ts.
import type { Message } from '@aws-sdk/client-sqs';
import type { SQSEvent } from 'aws-lambda';
import { beforeEach, expect, test, vi } from 'vitest';
import type { QueueConsumer } from '../../lib/deploy/consumers.ts';
import { createOutages } from '../../lib/local/outage.ts';
import { createBatches } from '../../lib/local/queue-batches.ts';

beforeEach(() => {
  vi.useFakeTimers();
  return () => vi.useRealTimers();
});

const batch: Message[] = ['a', 'b'].map((MessageId) => ({
  MessageId,
  ReceiptHandle: MessageId,
  Body: '{}',
  Attributes: { ApproximateReceiveCount: '1' },
}));
const idsOf = (messages: Message[]) => messages.map(({ MessageId }) => MessageId);
const oneFails = { batchItemFailures: [{ itemIdentifier: 'b' }] };

/** A queue of which each call is kept, and the batches of a function that does as it is told. */
const batchesOf = (handle: () => Promise<unknown>) => {
  const given = { handle, remove: (): Promise<void> => Promise.resolve() };
  const seen = { removed: [] as unknown[], back: [] as unknown[], lines: [] as string[] };
  const source = {
    receive: async () => [],
    remove: (messages: Message[]) => {
      seen.removed.push(idsOf(messages));
      return given.remove();
    },
    giveBack: async (messages: Message[]) => void seen.back.push(idsOf(messages)),
  };
  const options = {
    consumer: { queue: 'q', maxAttempts: 3, timeoutSeconds: 2 } as QueueConsumer,
    region: 'eu-central-1',
    handle: (_: SQSEvent) => given.handle(),
    retryDelayMs: (_: number, threw: boolean) => (threw ? 5_000 : 100),
    outages: createOutages((line) => seen.lines.push(line)),
  };
  return { batches: createBatches(options, source, 'arn:q'), given, seen };
};

test('what succeeded is deleted, and what failed comes again after a while', async () => {
  const { batches, seen } = batchesOf(async () => oneFails);
  await batches.process(batch);
  expect(seen).toEqual({ removed: [['a']], back: [], lines: [] });
  await vi.advanceTimersByTimeAsync(100);
  expect([seen.back, batches.pauseMs, vi.getTimerCount()]).toEqual([[['b']], 0, 0]);
});

test('a function that fails as a whole slows down and is told of; what it failed comes again at once when it works', async () => {
  const { batches, given, seen } = batchesOf(() => Promise.reject(new Error('no database')));
  const pauses: number[] = [];
  for (const _ of [1, 2]) {
    await batches.process(batch);
    pauses.push(batches.pauseMs);
  }
  await vi.advanceTimersByTimeAsync(4_999);
  expect([pauses, seen.removed, seen.back]).toEqual([[100, 200], [[], []], []]);
  expect(seen.lines).toEqual(['q: its function fails, trying again: no database']);
  given.handle = async () => undefined;
  await batches.process(batch);
  expect([batches.pauseMs, seen.removed.at(-1)]).toEqual([0, ['a', 'b']]);
  expect(seen.back.flat()).toEqual(['a', 'b', 'a', 'b']);
  expect(seen.lines.slice(1)).toEqual(['q: works again, as all do']);
});

test('a function has its time, and no more', async () => {
  const { batches, seen } = batchesOf(() => new Promise(() => undefined));
  const processing = batches.process(batch);
  await vi.advanceTimersByTimeAsync(1_999);
  expect(seen.lines).toEqual([]);
  await vi.advanceTimersByTimeAsync(1);
  await processing;
  expect(seen.lines).toEqual(['q: its function fails, trying again: timed out after 2 s']);
});

test('a batch ends when its messages are deleted; if they are not, that is told, and they come again', async () => {
  const { batches, given, seen } = batchesOf(async () => undefined);
  const { promise, reject } = Promise.withResolvers<void>();
  given.remove = () => promise;
  let hasEnded = false;
  const processing = batches.process(batch).then(() => {
    hasEnded = true;
  });
  await vi.advanceTimersByTimeAsync(1_000);
  expect(hasEnded).toBe(false);
  reject(new Error('connection refused'));
  await processing;
  expect(seen.lines).toEqual(['q: its queue cannot be read, trying again: connection refused']);
});

test('at the end what waits to come again is given back at once', async () => {
  const { batches, seen } = batchesOf(async () => oneFails);
  await batches.process(batch);
  await batches.release();
  expect([seen.back, vi.getTimerCount()]).toEqual([[['b']], 0]);
});
