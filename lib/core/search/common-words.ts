// Which words were found common lately, as far as this container has searched for them. A hint that a search chooses its
// way by, never a part of its answer: it may be forgotten or out of date.

/** Of all collections together. */
const mostKept = 1_000;

const kept = new Map<string, number>();

/** Those of a collection, each with the share of the documents that have it. */
export const commonWords = (collection: string) => {
  const keyOf = (word: string): string => `${collection} ${word}`;
  return {
    /** Undefined if it was not found common. */
    shareOf: (word: string): number | undefined => kept.get(keyOf(word)),

    add(word: string, share: number): void {
      if (kept.size >= mostKept) kept.clear();
      kept.set(keyOf(word), share);
    },
  };
};
