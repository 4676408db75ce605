import type { Message } from '@aws-sdk/client-sqs';
import type { SqsQueue } from './sqs-queue.ts';

export interface Releases {
  later(messages: Message[], threw: boolean): void;
  /** Gives back everything that still waits. */
  now(): Promise<void>;
}

/**
 * Makes failed messages visible again after a delay. The delay is kept here and not in the message's
 * visibility timeout, which SQS counts in whole seconds. Should this process die meanwhile, or the
 * call fail, the queue's own visibility timeout brings the message back.
 */
export const createReleases = (
  queue: SqsQueue,
  delayMs: (receiveCount: number, threw: boolean) => number,
): Releases => {
  const waiting = new Map<NodeJS.Timeout, Message[]>();
  const giveBack = (messages: Message[]): Promise<void> => queue.giveBack(messages).catch(() => undefined);
  return {
    later: (messages, threw) => {
      const byCount = Map.groupBy(messages, ({ Attributes }) =>
        Number(Attributes?.ApproximateReceiveCount ?? 1),
      );
      for (const [receiveCount, some] of byCount) {
        const timer = setTimeout(
          () => {
            waiting.delete(timer);
            void giveBack(some);
          },
          delayMs(receiveCount, threw),
        );
        waiting.set(timer, some);
      }
    },
    now: async () => {
      for (const timer of waiting.keys()) clearTimeout(timer);
      const all = [...waiting.values()].flat();
      waiting.clear();
      await giveBack(all);
    },
  };
};
