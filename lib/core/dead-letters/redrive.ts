// What an operator does with dead letters: put them back on their queue, or discard them. Guarantees: a letter leaves
// the dead-letter queue only after its queue has accepted it, or after its discarding is on record; a crash in between
// gives a duplicate and never a loss. Older versions overwrite nothing. A call takes each letter once: what fails again
// meanwhile waits for the next call.
import type { LetterKey } from './records.ts';

export interface QueuedLetter extends LetterKey {
  receiptHandle: string;
  body: string;
  /** It was put back by this very call, and failed again. */
  again: boolean;
}

/** A subscription's dead-letter queue and its way back, for one call. */
export interface DeadLetterQueue {
  /** Up to ten letters, hidden from others for a while; none if there are none left. */
  receive(): Promise<QueuedLetter[]>;
  /** Sends to the subscription's own queue; gives those that were accepted. */
  sendBack(letters: QueuedLetter[]): Promise<QueuedLetter[]>;
  remove(letters: QueuedLetter[]): Promise<void>;
  /** Makes letters that stay visible again. */
  release(letters: QueuedLetter[]): Promise<void>;
  /** How many letters there are, hidden ones too. */
  count(): Promise<number>;
}

export interface DrainOptions {
  /** Which letters are meant; all if absent. */
  wanted?: (letter: QueuedLetter) => boolean;
  timeLeftMs(): number;
}

export interface RedriveOptions extends DrainOptions {
  onRedriven(letters: QueuedLetter[]): Promise<void>;
}

export interface DiscardOptions extends DrainOptions {
  /** Keeps the letters on record. */
  record(letters: QueuedLetter[]): Promise<void>;
}

interface Drained {
  taken: QueuedLetter[];
  /** Letters that stay in the dead-letter queue. */
  left: number;
  done: boolean;
}

const reserveMs = 2_000;

/** Takes the wanted letters out of the queue, each once, after `take` has accepted it. */
const drain = async (
  queue: DeadLetterQueue,
  { wanted = () => true, timeLeftMs }: DrainOptions,
  take: (letters: QueuedLetter[]) => Promise<QueuedLetter[]>,
): Promise<Drained> => {
  const seen = new Set<string>();
  const kept = new Map<string, QueuedLetter>();
  const taken: QueuedLetter[] = [];
  let done = false;
  try {
    while (!done && timeLeftMs() > reserveMs) {
      const letters = await queue.receive();
      done = letters.length === 0;
      for (const letter of letters) kept.set(letter.messageId, letter);
      const fresh = letters.filter(({ messageId }) => !seen.has(messageId));
      // What was kept longest is visible by now: one round is over.
      if (fresh.length === 0) break;
      for (const { messageId } of fresh) seen.add(messageId);
      const accepted = await take(fresh.filter((letter) => !letter.again && wanted(letter)));
      taken.push(...accepted);
      await queue.remove(accepted);
      for (const { messageId } of accepted) kept.delete(messageId);
    }
  } finally {
    // They come back by themselves too, after a while.
    await queue.release([...kept.values()]).catch(() => undefined);
  }
  return { taken, left: kept.size, done };
};

export interface RedriveAnswer {
  redriven: number;
  left: number;
  done: boolean;
  /** The events among them. */
  event_ids: string[];
}

const eventIdsOf = (letters: QueuedLetter[]): string[] => letters.flatMap(({ eventId }) => eventId ?? []);

export const redrive = async (queue: DeadLetterQueue, options: RedriveOptions): Promise<RedriveAnswer> => {
  const { taken, left, done } = await drain(queue, options, async (letters) => {
    const accepted = await queue.sendBack(letters);
    await options.onRedriven(accepted);
    return accepted;
  });
  return { redriven: taken.length, left, done, event_ids: eventIdsOf(taken) };
};

export interface DiscardAnswer {
  discarded: number;
  left: number;
  done: boolean;
}

export const discard = async (queue: DeadLetterQueue, options: DiscardOptions): Promise<DiscardAnswer> => {
  const { taken, left, done } = await drain(queue, options, async (letters) => {
    if (letters.length > 0) await options.record(letters);
    return letters;
  });
  return { discarded: taken.length, left, done };
};
