// Polls one queue for its function, as AWS does it.
// Guarantees: a batch is handed over as soon as one receive brings messages, never held back to be
// filled; several batches are in flight; only what succeeded is deleted; a thrown error or a time-out
// fails the whole batch, and slows the loop down; it outlives a queue server that is away, or has
// lost its queues. What it
// does not do: filters, batching windows, FIFO order across batches.

import { setTimeout as wait } from 'node:timers/promises';
import { type Message, QueueDoesNotExist, type SQSClient } from '@aws-sdk/client-sqs';
import type { SQSEvent } from 'aws-lambda';
import { failedMessageIds } from './batch-result.ts';
import { type Log, messageOf } from './log.ts';
import { createOutages, type Outages } from './outage.ts';
import { toRecord } from './sqs-event.ts';
import { createSqsQueue, perCall } from './sqs-queue.ts';
import { createReleases } from './sqs-releases.ts';

export interface QueuePollerOptions {
  client: SQSClient;
  queue: { name: string; url: string; arn: string };
  region: string;
  batchSize: number;
  maxInFlight: number;
  reportsItemFailures: boolean;
  /** Past it the batch has failed, whatever the function still does. */
  timeoutMs: number;
  handle(event: SQSEvent): Promise<unknown>;
  /** Called when the queue is gone: a server that keeps nothing has been started again. */
  makeQueues?(): Promise<void>;
  /** How long a message that failed stays away, by how often it has been received. */
  retryDelayMs?(receiveCount: number, threw: boolean): number;
  /** Shared by the loops, so that what befalls all of them is said once. */
  outages?: Outages;
  log: Log;
}

export interface QueuePoller {
  /** Takes no more messages, waits for the batches in flight, gives back what failed. */
  stop(): Promise<void>;
}

// Short, since a receive is never cut off: a queue server may hand a message to a receiver that has
// gone, and it would be away for the whole visibility timeout.
const waitSeconds = 1;
const firstAwayMs = 100;
const longestAwayMs = 2000;
const longerPauseMs = (lastMs: number): number => Math.min(Math.max(lastMs * 2, firstAwayMs), longestAwayMs);

/**
 * A local choice. On AWS a failed message comes back after the queue's visibility timeout, six times
 * the function's own; here after a short, growing delay, so that retries and dead letters can be seen.
 */
export const shortBackoffMs = (receiveCount: number): number => Math.min(2 ** receiveCount * 100, 5000);

/** Where the function itself fails, as in an outage: minutes, or every message would soon be a dead letter. */
const longBackoffMs = (receiveCount: number): number => Math.min(4 ** receiveCount * 1000, 120_000);

const mostReceives = Number(process.env['MAX_ATTEMPTS'] || 5);

/** A message that has used up its deliveries need not wait: the next look at it makes it a dead letter. */
const backoffMs = (receiveCount: number, threw: boolean): number => {
  if (threw) return longBackoffMs(receiveCount);
  return receiveCount >= mostReceives ? 0 : shortBackoffMs(receiveCount);
};

const idsOf = (messages: Message[]): ReadonlySet<string> =>
  new Set(messages.map(({ MessageId = '' }) => MessageId));

export const startQueuePoller = (options: QueuePollerOptions): QueuePoller => {
  const { queue, batchSize, maxInFlight, log } = options;
  const { ofServer, ofFunctions } = options.outages ?? createOutages(log);
  const source = createSqsQueue(options.client, queue.url);
  const releases = createReleases(source, options.retryDelayMs ?? backoffMs);
  const inFlight = new Set<Promise<void>>();
  const stopping = new AbortController();
  /** Grows while the function fails as a whole. */
  let troubleMs = 0;

  const enterTrouble = (error: unknown): void => {
    ofFunctions.begins(queue.name, messageOf(error));
    troubleMs = longerPauseMs(troubleMs);
  };

  const leaveTrouble = (): void => {
    if (troubleMs === 0) return;
    ofFunctions.ends(queue.name);
    troubleMs = 0;
    void releases.now();
  };

  /** The ids of the messages that failed. */
  const answerOf = async (messages: Message[]): Promise<{ failed: ReadonlySet<string>; threw: boolean }> => {
    let timer: NodeJS.Timeout | undefined;
    const timeout = new Promise<never>((_, reject) => {
      const late = (): void => reject(new Error(`timed out after ${options.timeoutMs / 1000} s`));
      timer = setTimeout(late, options.timeoutMs);
    });
    try {
      const Records = messages.map((message) => toRecord(message, queue.arn, options.region));
      const answer = await Promise.race([options.handle({ Records }), timeout]);
      leaveTrouble();
      const failed = failedMessageIds(answer, idsOf(messages), options.reportsItemFailures);
      return { failed, threw: false };
    } catch (error) {
      enterTrouble(error);
      return { failed: idsOf(messages), threw: true };
    } finally {
      clearTimeout(timer);
    }
  };

  const processBatch = async (messages: Message[]): Promise<void> => {
    const { failed, threw } = await answerOf(messages);
    const isFailed = ({ MessageId = '' }: Message): boolean => failed.has(MessageId);
    releases.later(messages.filter(isFailed), threw);
    try {
      await source.remove(messages.filter((message) => !isFailed(message)));
    } catch (error) {
      // It will come again.
      ofServer.begins(queue.name, messageOf(error));
    }
  };

  const receiveBatch = async (): Promise<Message[]> => {
    const first = await source.receive(Math.min(batchSize, perCall), waitSeconds);
    if (first.length < perCall || batchSize <= perCall) return first;
    const more = Array.from({ length: Math.ceil((batchSize - perCall) / perCall) }, (_, index) =>
      source.receive(Math.min(perCall, batchSize - (index + 1) * perCall), 0),
    );
    // What one receive brought must not be lost because another failed.
    const settled = await Promise.allSettled(more);
    return [...first, ...settled.flatMap((one) => (one.status === 'fulfilled' ? one.value : []))];
  };

  const receiveOrMakeAgain = async (): Promise<Message[]> => {
    try {
      return await receiveBatch();
    } catch (error) {
      if (!(error instanceof QueueDoesNotExist) || options.makeQueues === undefined) throw error;
      await options.makeQueues();
      return [];
    }
  };

  const dispatch = (messages: Message[]): void => {
    const batch = processBatch(messages).finally(() => {
      inFlight.delete(batch);
    });
    inFlight.add(batch);
  };

  const pause = (ms: number): Promise<void> =>
    wait(ms, undefined, { signal: stopping.signal }).catch(() => undefined);

  const poll = async (): Promise<void> => {
    let awayMs = 0;
    while (!stopping.signal.aborted) {
      if (inFlight.size >= maxInFlight) {
        await Promise.race(inFlight);
        continue;
      }
      if (troubleMs > 0) await pause(troubleMs);
      try {
        const messages = await receiveOrMakeAgain();
        ofServer.ends(queue.name);
        awayMs = 0;
        if (messages.length > 0) dispatch(messages);
      } catch (error) {
        if (!stopping.signal.aborted) ofServer.begins(queue.name, messageOf(error));
        awayMs = longerPauseMs(awayMs);
        await pause(awayMs);
      }
    }
  };

  const polling = poll();
  return {
    stop: async () => {
      stopping.abort();
      await polling;
      await Promise.all(inFlight);
      await releases.now();
    },
  };
};
