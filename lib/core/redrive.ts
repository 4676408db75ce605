// Puts dead letters back on their queue. Guarantees: a letter leaves the dead-letter queue only after its queue has
// accepted it, so that a crash in between gives a duplicate and never a loss. Older versions overwrite nothing.
import type { LetterKey } from './dead-letters.ts';

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

export interface RedriveOptions {
  /** Which letters go back; all where absent. */
  wanted?: (letter: QueuedLetter) => boolean;
  timeLeftMs(): number;
  onRedriven(letters: QueuedLetter[]): Promise<void>;
}

export interface RedriveAnswer {
  redriven: number;
  left: number;
  done: boolean;
}

const reserveMs = 2_000;

export const redrive = async (
  queue: DeadLetterQueue,
  { wanted = () => true, timeLeftMs, onRedriven }: RedriveOptions,
): Promise<RedriveAnswer> => {
  const kept: QueuedLetter[] = [];
  let redriven = 0;
  let done = false;
  while (!done && timeLeftMs() > reserveMs) {
    const letters = await queue.receive();
    done = letters.length === 0;
    const chosen = letters.filter(wanted);
    kept.push(...letters.filter((letter) => !chosen.includes(letter)));
    const accepted = await queue.sendBack(chosen);
    await queue.remove(accepted);
    await onRedriven(accepted);
    redriven += accepted.length;
    kept.push(...chosen.filter((letter) => !accepted.includes(letter)));
  }
  await queue.release(kept);
  return { redriven, left: kept.length, done };
};
