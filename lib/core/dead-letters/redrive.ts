// What an operator does with dead letters: put them back on their queue, or discard them. Guarantees: a letter leaves
// the dead-letter queue only after its queue has accepted it, or after its discarding is on record; a crash in between
// gives a duplicate and never a loss. Older versions overwrite nothing.
import type { LetterKey } from './records.ts';

export interface QueuedLetter extends LetterKey {
  receiptHandle: string;
  body: string;
}

/** A subscription's dead-letter queue, and its way back. */
export interface DeadLetterQueue {
  /** Up to ten letters, hidden from others for a while; none where the queue is empty. */
  receive(): Promise<QueuedLetter[]>;
  /** Sends to the subscription's own queue; gives those that were accepted. */
  sendBack(letters: QueuedLetter[]): Promise<QueuedLetter[]>;
  remove(letters: QueuedLetter[]): Promise<void>;
  /** Makes letters that stay visible again. */
  release(letters: QueuedLetter[]): Promise<void>;
}

interface DrainOptions {
  /** Which letters are meant; all where absent. */
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

/** Takes the wanted letters out of the queue, each after `take` has accepted it. */
const drain = async (
  queue: DeadLetterQueue,
  { wanted = () => true, timeLeftMs }: DrainOptions,
  take: (letters: QueuedLetter[]) => Promise<QueuedLetter[]>,
): Promise<Drained> => {
  const kept: QueuedLetter[] = [];
  const taken: QueuedLetter[] = [];
  let done = false;
  while (!done && timeLeftMs() > reserveMs) {
    const letters = await queue.receive();
    done = letters.length === 0;
    const chosen = letters.filter(wanted);
    kept.push(...letters.filter((letter) => !chosen.includes(letter)));
    const accepted = await take(chosen);
    await queue.remove(accepted);
    taken.push(...accepted);
    kept.push(...chosen.filter((letter) => !accepted.includes(letter)));
  }
  await queue.release(kept);
  return { taken, left: kept.length, done };
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
