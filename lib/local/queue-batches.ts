// One batch of messages through its function, as AWS does it: only what succeeded is deleted; a thrown error or a time-out
// fails the whole batch, and what failed comes again later.
import type { Message } from '@aws-sdk/client-sqs';
import type { SQSEvent } from 'aws-lambda';
import { failedMessageIds } from './batch-result.ts';
import { messageOf } from './log.ts';
import type { Outages } from './outage.ts';
import { toRecord } from './sqs-event.ts';
import type { SqsQueue } from './sqs-queue.ts';
import { createReleases } from './sqs-releases.ts';

export interface BatchOptions {
  queue: { name: string; url: string; arn: string };
  region: string;
  reportsItemFailures: boolean;
  /** Past it the batch has failed, whatever the function still does. */
  timeoutMs: number;
  handle(event: SQSEvent): Promise<unknown>;
  /** How long a message that failed stays away, by how often it has been received. */
  retryDelayMs?(receiveCount: number, threw: boolean): number;
}

const firstAwayMs = 100;
const longestAwayMs = 2000;
/** Longer with each attempt in vain. */
export const longerPauseMs = (lastMs: number): number =>
  Math.min(Math.max(lastMs * 2, firstAwayMs), longestAwayMs);

/**
 * A local choice. On AWS a failed message comes back after the queue's visibility timeout, six times
 * the function's own; here after a short, growing delay, so that retries and dead letters can be seen.
 */
const shortBackoffMs = (receiveCount: number): number => Math.min(2 ** receiveCount * 100, 5000);

/** If the function itself fails, as in an outage: minutes, or every message would soon be a dead letter. */
const longBackoffMs = (receiveCount: number): number => Math.min(4 ** receiveCount * 1000, 120_000);

const mostReceives = Number(process.env['MAX_ATTEMPTS'] || 5);

/** A message that has used up its deliveries need not wait: the next look at it makes it a dead letter. */
const backoffMs = (receiveCount: number, threw: boolean): number => {
  if (threw) return longBackoffMs(receiveCount);
  return receiveCount >= mostReceives ? 0 : shortBackoffMs(receiveCount);
};

const idsOf = (messages: Message[]): ReadonlySet<string> =>
  new Set(messages.map(({ MessageId = '' }) => MessageId));

interface BatchAnswer {
  /** The ids of the messages that failed. */
  failed: ReadonlySet<string>;
  threw: boolean;
}

const withinTime = async <T>(answer: Promise<T>, timeoutMs: number): Promise<T> => {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<never>((_, reject) => {
    const late = (): void => reject(new Error(`timed out after ${timeoutMs / 1000} s`));
    timer = setTimeout(late, timeoutMs);
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

export const createBatches = (
  options: BatchOptions,
  source: SqsQueue,
  { ofServer, ofFunctions }: Outages,
): Batches => {
  const { queue, region, timeoutMs } = options;
  const releases = createReleases(source, options.retryDelayMs ?? backoffMs);
  let troubleMs = 0;

  const leaveTrouble = (): void => {
    if (troubleMs === 0) return;
    ofFunctions.ends(queue.name);
    troubleMs = 0;
    void releases.now();
  };

  const answerOf = async (messages: Message[]): Promise<BatchAnswer> => {
    try {
      const Records = messages.map((message) => toRecord(message, queue.arn, region));
      const answer = await withinTime(options.handle({ Records }), timeoutMs);
      leaveTrouble();
      const failed = failedMessageIds(answer, idsOf(messages), options.reportsItemFailures);
      return { failed, threw: false };
    } catch (error) {
      ofFunctions.begins(queue.name, messageOf(error));
      troubleMs = longerPauseMs(troubleMs);
      return { failed: idsOf(messages), threw: true };
    }
  };

  return {
    async process(messages) {
      const { failed, threw } = await answerOf(messages);
      const isFailed = ({ MessageId = '' }: Message): boolean => failed.has(MessageId);
      releases.later(messages.filter(isFailed), threw);
      try {
        await source.remove(messages.filter((message) => !isFailed(message)));
      } catch (error) {
        // It will come again.
        ofServer.begins(queue.name, messageOf(error));
      }
    },
    get pauseMs() {
      return troubleMs;
    },
    release: () => releases.now(),
  };
};
