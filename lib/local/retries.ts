// When a failed message comes again. A local choice: on AWS after the queue's visibility timeout, six times the function's
// own; here after a short, growing delay, so that retries and dead letters can be seen.

import type { Message } from '@aws-sdk/client-sqs';
import type { SqsQueue } from './sqs-queue.ts';

/** How long a message stays away that has been received so often; `threw`: the function itself failed. */
export type RetryDelay = (receiveCount: number, threw: boolean) => number;

/** In an outage minutes, or every message would soon be a dead letter. */
export const usualDelay =
  (maxAttempts: number): RetryDelay =>
  (receiveCount, threw) => {
    if (threw) return Math.min(4 ** receiveCount * 1000, 120_000);
    // A message that has used up its deliveries need not wait: the next look at it makes it a dead letter.
    return receiveCount >= maxAttempts ? 0 : Math.min(2 ** receiveCount * 100, 5000);
  };

export interface Retries {
  later(messages: Message[], threw: boolean): void;
  /** Gives back everything that still waits. */
  now(): Promise<void>;
}

/**
 * The delay is kept here and not in the message's visibility timeout, which SQS counts in whole seconds. Should this
 * process die meanwhile, or the call fail, the queue's own visibility timeout brings the message back.
 */
export const createRetries = (queue: SqsQueue, delay: RetryDelay): Retries => {
  const waiting = new Map<NodeJS.Timeout, Message[]>();
  const giveBack = (messages: Message[]): Promise<void> => queue.giveBack(messages).catch(() => undefined);
  const laterTogether = (messages: Message[], delayMs: number): void => {
    const timer = setTimeout(() => {
      waiting.delete(timer);
      void giveBack(messages);
    }, delayMs);
    waiting.set(timer, messages);
  };
  return {
    later: (messages, threw) => {
      const byDelay = Map.groupBy(messages, ({ Attributes }) =>
        delay(Number(Attributes?.ApproximateReceiveCount ?? 1), threw),
      );
      for (const [delayMs, some] of byDelay) laterTogether(some, delayMs);
    },
    now: async () => {
      for (const timer of waiting.keys()) clearTimeout(timer);
      const all = [...waiting.values()].flat();
      waiting.clear();
      await giveBack(all);
    },
  };
};
