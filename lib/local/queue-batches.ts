// One batch of messages through its function, as AWS does it: only what succeeded is deleted; a thrown error or a time-out
// fails the whole batch, and what failed comes again later.
import type { Message } from '@aws-sdk/client-sqs';
import type { SQSEvent } from 'aws-lambda';
import type { QueueConsumer } from '../deploy/consumers.ts';
import { failedMessageIds, toRecord } from './event-source.ts';
import { messageOf } from './log.ts';
import type { Outages } from './outage.ts';
import { createRetries, type RetryDelay, usualDelay } from './retries.ts';
import type { SqsQueue } from './sqs-queue.ts';

export interface BatchOptions {
  consumer: QueueConsumer;
  region: string;
  handle(event: SQSEvent): Promise<unknown>;
  retryDelayMs?: RetryDelay;
  /** Shared by all queues, so that what befalls all of them is said once. */
  outages: Outages;
}

const firstPauseMs = 100;
const longestPauseMs = 2000;
/** Longer with each attempt in vain. */
export const longerPauseMs = (lastMs: number): number =>
  Math.min(Math.max(lastMs * 2, firstPauseMs), longestPauseMs);

const idsOf = (messages: Message[]): ReadonlySet<string> =>
  new Set(messages.map(({ MessageId = '' }) => MessageId));

const withinTime = async <T>(answer: Promise<T>, seconds: number): Promise<T> => {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`timed out after ${seconds} s`)), seconds * 1000);
  });
  try {
    return await Promise.race([answer, timeout]);
  } finally {
    clearTimeout(timer);
  }
};

export interface Batches {
  process(messages: Message[]): Promise<void>;
  /** How long to wait before the next batch: 0 unless the function fails as a whole. */
  readonly pauseMs: number;
  /** Gives back at once what has failed. */
  release(): Promise<void>;
}

export const createBatches = (options: BatchOptions, source: SqsQueue, arn: string): Batches => {
  const { consumer, region, outages } = options;
  const { queue, maxAttempts, timeoutSeconds } = consumer;
  const retries = createRetries(source, options.retryDelayMs ?? usualDelay(maxAttempts));
  let pauseMs = 0;

  const functionWorks = (): void => {
    if (pauseMs === 0) return;
    outages.ofFunctions.ends(queue);
    pauseMs = 0;
    void retries.now();
  };

  const invoke = async (messages: Message[]): Promise<{ failed: ReadonlySet<string>; threw: boolean }> => {
    const ids = idsOf(messages);
    try {
      const Records = messages.map((message) => toRecord(message, arn, region));
      const answer = await withinTime(options.handle({ Records }), timeoutSeconds);
      functionWorks();
      return { failed: failedMessageIds(answer, ids), threw: false };
    } catch (error) {
      outages.ofFunctions.begins(queue, messageOf(error));
      pauseMs = longerPauseMs(pauseMs);
      return { failed: ids, threw: true };
    }
  };

  return {
    async process(messages) {
      const { failed, threw } = await invoke(messages);
      const isFailed = ({ MessageId = '' }: Message): boolean => failed.has(MessageId);
      retries.later(messages.filter(isFailed), threw);
      try {
        await source.remove(messages.filter((message) => !isFailed(message)));
      } catch (error) {
        // It will come again.
        outages.ofServer.begins(queue, messageOf(error));
      }
    },
    get pauseMs() {
      return pauseMs;
    },
    release: () => retries.now(),
  };
};
