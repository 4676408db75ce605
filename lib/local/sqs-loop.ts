// One queue's event source, as AWS does it.
// Guarantees: a batch is handed over as soon as one receive brings messages, never held back to be
// filled; several batches are in flight; only what succeeded is deleted; a thrown error or a time-out
// fails the whole batch; the loop outlives a queue server that is away. What it does not do: filters,
// batching windows, FIFO order across batches.

import type { Message, SQSClient } from '@aws-sdk/client-sqs';
import type { SQSRecord } from 'aws-lambda';
import { failedMessageIds } from './batch-result.ts';
import { type Log, messageOf } from './log.ts';
import { toRecord } from './sqs-event.ts';
import { createSqsQueue, PER_CALL } from './sqs-queue.ts';
import { createReleases } from './sqs-releases.ts';

export type SqsLoopOptions = {
  client: SQSClient;
  queue: { name: string; url: string; arn: string };
  region: string;
  batchSize: number;
  maxInFlight: number;
  reportsItemFailures: boolean;
  /** Past it the batch has failed, whatever the function still does. */
  timeoutMs: number;
  handle(event: { Records: SQSRecord[] }): Promise<unknown>;
  /** How long a message that failed stays away, by how often it has been received. */
  retryDelayMs?(receiveCount: number): number;
  log: Log;
};

export type SqsLoop = {
  /** Takes no more messages, waits for the batches in flight, gives back what failed. */
  stop(): Promise<void>;
};

// Short, since a receive is never cut off: a queue server may hand a message to a receiver that has
// gone, and it would be away for the whole visibility timeout.
const WAIT_SECONDS = 1;
const AWAY_FIRST_MS = 100;
const AWAY_LONGEST_MS = 2000;

/**
 * A local choice. On AWS a failed message comes back after the queue's visibility timeout, six times
 * the function's own; here after a short, growing delay, so that retries and dead letters can be seen.
 */
export const shortBackoffMs = (receiveCount: number): number => Math.min(2 ** receiveCount * 100, 5000);

const idsOf = (messages: Message[]): ReadonlySet<string> =>
  new Set(messages.map(({ MessageId = '' }) => MessageId));

export const startSqsLoop = (options: SqsLoopOptions): SqsLoop => {
  const { queue, batchSize, maxInFlight, log } = options;
  const source = createSqsQueue(options.client, queue.url);
  const releases = createReleases(source, options.retryDelayMs ?? shortBackoffMs);
  const inFlight = new Set<Promise<void>>();
  let stopping = false;
  let wake: () => void = () => undefined;

  const answerOf = async (messages: Message[]): Promise<ReadonlySet<string>> => {
    let timer: NodeJS.Timeout | undefined;
    const timeout = new Promise<never>((_, reject) => {
      const late = (): void => reject(new Error(`timed out after ${options.timeoutMs / 1000} s`));
      timer = setTimeout(late, options.timeoutMs);
    });
    try {
      const Records = messages.map((message) => toRecord(message, queue.arn, options.region));
      const answer = await Promise.race([options.handle({ Records }), timeout]);
      return failedMessageIds(answer, idsOf(messages), options.reportsItemFailures);
    } catch (error) {
      log(`${queue.name}: a batch of ${messages.length} failed: ${messageOf(error)}`);
      return idsOf(messages);
    } finally {
      clearTimeout(timer);
    }
  };

  const processBatch = async (messages: Message[]): Promise<void> => {
    const failed = await answerOf(messages);
    const isFailed = ({ MessageId = '' }: Message): boolean => failed.has(MessageId);
    releases.later(messages.filter(isFailed));
    try {
      await source.remove(messages.filter((message) => !isFailed(message)));
    } catch (error) {
      log(`${queue.name}: could not delete what succeeded, it will come again: ${messageOf(error)}`);
    }
  };

  const receiveBatch = async (): Promise<Message[]> => {
    const first = await source.receive(Math.min(batchSize, PER_CALL), WAIT_SECONDS);
    if (first.length < PER_CALL || batchSize <= PER_CALL) return first;
    const more = Array.from({ length: Math.ceil((batchSize - PER_CALL) / PER_CALL) }, (_, index) =>
      source.receive(Math.min(PER_CALL, batchSize - (index + 1) * PER_CALL), 0),
    );
    // What one receive brought must not be lost because another failed.
    const settled = await Promise.allSettled(more);
    return [...first, ...settled.flatMap((one) => (one.status === 'fulfilled' ? one.value : []))];
  };

  const dispatch = (messages: Message[]): void => {
    const batch = processBatch(messages).finally(() => {
      inFlight.delete(batch);
      wake();
    });
    inFlight.add(batch);
  };

  const pause = (ms: number): Promise<void> =>
    new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });

  const poll = async (): Promise<void> => {
    let awayMs = 0;
    while (!stopping) {
      if (inFlight.size >= maxInFlight) {
        await pause(1000);
        continue;
      }
      try {
        const messages = await receiveBatch();
        if (awayMs > 0) log(`${queue.name}: the queue server is back`);
        awayMs = 0;
        if (messages.length > 0) dispatch(messages);
      } catch (error) {
        if (awayMs === 0 && !stopping)
          log(`${queue.name}: cannot receive, trying again: ${messageOf(error)}`);
        awayMs = Math.min(Math.max(awayMs * 2, AWAY_FIRST_MS), AWAY_LONGEST_MS);
        await pause(awayMs);
      }
    }
  };

  const polling = poll();
  return {
    stop: async () => {
      stopping = true;
      wake();
      await polling;
      await Promise.all(inFlight);
      await releases.now();
    },
  };
};
