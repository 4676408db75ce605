// A queue in memory that keeps the promises of SQS and no more: at least once, in any order.

import type { DeadLetterQueue, QueuedLetter } from '../../lib/core/dead-letters/redrive.ts';
import type { RecordedEvent } from '../../lib/core/events.ts';
import type { Subscriber } from '../../lib/core/projection/subscriber.ts';
import type { OutgoingMessage, Publisher } from '../../lib/core/relay/publish.ts';
import { eventConsumer } from '../../lib/platform/queue.ts';

interface Message extends OutgoingMessage {
  /** Its own, also if another message carries the same event. */
  handle: string;
  attempts: number;
  /** It came back from the dead letters. */
  again: boolean;
}

export interface Delivery {
  /** How many messages at most; all if absent. */
  count?: number;
  /** Leaves them on the queue: they come again. */
  keep?: boolean;
}

export interface FakeQueue {
  readonly publisher: Publisher;
  readonly messages: readonly Message[];
  readonly letters: readonly Message[];
  /** The dead-letter queue. */
  readonly dead: DeadLetterQueue;
  /** Letters that somebody received and neither removed nor released can be received again, by another call. */
  visibilityPasses(): void;
  /** Hands messages, drawn at random, to the subscriber as one batch. What fails stays; after `maxAttempts` it is dead. */
  deliver(subscriber: Subscriber, delivery?: Delivery): Promise<void>;
  /** Delivers until nothing is left. */
  drain(subscriber: Subscriber): Promise<void>;
  /** Makes every message on the queue a dead letter. */
  bury(): void;
  /** Takes messages off at random; gives their number. */
  lose(count?: number): number;
  clear(): void;
}

const letterOf = ({ id, handle, body, again }: Message): QueuedLetter => ({
  again,
  messageId: handle,
  eventId: id,
  receiptHandle: handle,
  body,
});

const isOneOf = (chosen: QueuedLetter[]) => {
  const handles = new Set(chosen.map(({ receiptHandle }) => receiptHandle));
  return ({ handle }: Message) => handles.has(handle);
};

export const createFakeQueue = (random: () => number = Math.random, maxAttempts = 5): FakeQueue => {
  let messages: Message[] = [];
  let letters: Message[] = [];
  let hidden = new Set<string>();
  let sent = 0;

  const put = ({ id, body }: OutgoingMessage, again: boolean): void => {
    sent += 1;
    messages.push({ id, body, handle: `m${sent}`, attempts: 0, again });
  };

  const draw = (count: number): Message[] => {
    for (let at = 0; at < Math.min(count, messages.length); at += 1) {
      const other = at + Math.floor(random() * (messages.length - at));
      const [one, two] = [messages[at], messages[other]];
      if (one !== undefined && two !== undefined) [messages[at], messages[other]] = [two, one];
    }
    return messages.splice(0, count);
  };

  const queue: FakeQueue = {
    publisher: {
      async send(_, outgoing) {
        for (const message of outgoing) put(message, false);
        return { refused: new Map() };
      },
    },
    get messages() {
      return messages;
    },
    get letters() {
      return letters;
    },
    dead: {
      async receive() {
        const received = letters.filter(({ handle }) => !hidden.has(handle)).slice(0, 10);
        for (const { handle } of received) hidden.add(handle);
        return received.map(letterOf);
      },
      async sendBack(chosen) {
        for (const message of letters.filter(isOneOf(chosen))) put(message, true);
        return chosen;
      },
      async remove(chosen) {
        const goes = isOneOf(chosen);
        letters = letters.filter((letter) => !goes(letter));
      },
      async release(chosen) {
        for (const { receiptHandle } of chosen) hidden.delete(receiptHandle);
      },
      count: async () => letters.length,
    },
    visibilityPasses() {
      hidden = new Set();
      for (const letter of letters) letter.again = false;
    },
    async deliver(subscriber, { count = messages.length, keep = false } = {}) {
      const batch = draw(count);
      try {
        const { parse } = eventConsumer(subscriber);
        const events = new Map<string, RecordedEvent>();
        for (const { id, body } of batch) events.set(id, parse(JSON.parse(body)));
        const { failures } = await subscriber.apply([...events.values()]);
        const failed = batch
          .filter(({ id }) => failures.has(id))
          .map((message) => ({ ...message, attempts: message.attempts + 1 }));
        messages.push(...failed.filter(({ attempts }) => attempts < maxAttempts));
        letters.push(...failed.filter(({ attempts }) => attempts >= maxAttempts));
        if (keep) messages.push(...batch.filter(({ id }) => !failures.has(id)));
      } catch (error) {
        messages.push(...batch);
        throw error;
      }
    },
    async drain(subscriber) {
      while (messages.length > 0) await queue.deliver(subscriber, { count: 10 });
    },
    bury() {
      letters.push(...messages);
      messages = [];
    },
    lose: (count = messages.length) => draw(count).length,
    clear() {
      messages = [];
      letters = [];
    },
  };
  return queue;
};
