// Polls one queue for its function, as AWS does it.
// Guarantees: a batch is handed over as soon as one receive brings messages, never held back to be
// filled; several batches are in flight; a function that fails slows the loop down; it outlives a queue
// server that is away, or has lost its queues. What it does not do: filters, batching windows, FIFO order
// across batches.

import { setTimeout as wait } from 'node:timers/promises';
import { type Message, QueueDoesNotExist, type SQSClient } from '@aws-sdk/client-sqs';
import { type Log, messageOf } from './log.ts';
import { createOutages, type Outages } from './outage.ts';
import { type BatchOptions, createBatches, longerPauseMs } from './queue-batches.ts';
import { createSqsQueue, perCall, type SqsQueue } from './sqs-queue.ts';

export interface QueuePollerOptions extends BatchOptions {
  client: SQSClient;
  batchSize: number;
  maxInFlight: number;
  /** Called when the queue is gone: a server that keeps nothing has been started again. */
  makeQueues?(): Promise<void>;
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

const receiveBatch = async (source: SqsQueue, batchSize: number): Promise<Message[]> => {
  const first = await source.receive(Math.min(batchSize, perCall), waitSeconds);
  if (first.length < perCall) return first;
  const more = Array.from({ length: Math.ceil((batchSize - perCall) / perCall) }, (_, index) =>
    source.receive(Math.min(perCall, batchSize - (index + 1) * perCall), 0),
  );
  // What one receive brought must not be lost because another failed.
  const settled = await Promise.allSettled(more);
  return [...first, ...settled.flatMap((one) => (one.status === 'fulfilled' ? one.value : []))];
};

/** An empty batch if the queues had to be made again. */
const receiveOrMakeAgain = async (
  source: SqsQueue,
  { batchSize, makeQueues }: QueuePollerOptions,
): Promise<Message[]> => {
  try {
    return await receiveBatch(source, batchSize);
  } catch (error) {
    if (!(error instanceof QueueDoesNotExist) || makeQueues === undefined) throw error;
    await makeQueues();
    return [];
  }
};

export const startQueuePoller = (options: QueuePollerOptions): QueuePoller => {
  const { queue, maxInFlight, log } = options;
  const outages = options.outages ?? createOutages(log);
  const source = createSqsQueue(options.client, queue.url);
  const batches = createBatches(options, source, outages);
  const inFlight = new Set<Promise<void>>();
  const stopping = new AbortController();

  const dispatch = (messages: Message[]): void => {
    const batch = batches.process(messages).finally(() => {
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
      if (batches.pauseMs > 0) await pause(batches.pauseMs);
      try {
        const messages = await receiveOrMakeAgain(source, options);
        outages.ofServer.ends(queue.name);
        awayMs = 0;
        if (messages.length > 0) dispatch(messages);
      } catch (error) {
        if (!stopping.signal.aborted) outages.ofServer.begins(queue.name, messageOf(error));
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
      await batches.release();
    },
  };
};
