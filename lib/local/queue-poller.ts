// Polls one queue for its function, as AWS does it.
// Guarantees: a batch is handed over as soon as one receive brings messages, never held back to be
// filled; several batches are in flight; a function that fails slows the loop down; it outlives a queue
// server that is away, and makes the queue again if the server has lost it. What it does not do: filters,
// batching windows, FIFO order across batches.

import { setTimeout as wait } from 'node:timers/promises';
import { type Message, QueueDoesNotExist, type SQSClient } from '@aws-sdk/client-sqs';
import { messageOf } from './log.ts';
import { type BatchOptions, createBatches, longerPauseMs } from './queue-batches.ts';
import { ensureQueues } from './queues.ts';
import { createSqsQueue } from './sqs-queue.ts';

export interface QueuePollerOptions extends BatchOptions {
  client: SQSClient;
}

export interface QueuePoller {
  /** Takes no more messages, waits for the batches in flight, gives back what failed. */
  stop(): Promise<void>;
}

/** Makes the queue if it is not there. Throws what the SDK throws. */
export const startQueuePoller = async (options: QueuePollerOptions): Promise<QueuePoller> => {
  const { client, consumer, outages } = options;
  const { queue, batchSize, concurrency } = consumer;
  const { url, arn } = await ensureQueues(client, consumer);
  const source = createSqsQueue(client, url);
  const batches = createBatches(options, source, arn);
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

  const receive = async (): Promise<Message[]> => {
    try {
      return await source.receive(batchSize);
    } catch (error) {
      // A server that keeps nothing has been started again.
      if (error instanceof QueueDoesNotExist) await ensureQueues(client, consumer);
      throw error;
    }
  };

  const poll = async (): Promise<void> => {
    let awayMs = 0;
    while (!stopping.signal.aborted) {
      if (inFlight.size >= concurrency) {
        await Promise.race(inFlight);
        continue;
      }
      if (batches.pauseMs > 0) await pause(batches.pauseMs);
      try {
        const messages = await receive();
        outages.ofServer.ends(queue);
        awayMs = 0;
        if (messages.length > 0) dispatch(messages);
      } catch (error) {
        if (!stopping.signal.aborted) outages.ofServer.begins(queue, messageOf(error));
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
