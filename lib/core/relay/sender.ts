// Keeps several batches of the relay under way, and says when to pause because no queue can be reached.

import type { EventRow } from '../events.ts';
import { appendPositions, closePositions } from '../stores/event-log.ts';
import { type PublishOptions, type PublishResult, publish } from './publish.ts';

const batchesInFlight = 4;
const pauseMs = { first: 100, most: 2_000 };

interface SenderOptions extends PublishOptions {
  onBatch(result: PublishResult): void;
}

export const createSender = (options: SenderOptions) => {
  const inFlight = new Set<Promise<void>>();
  const state = { published: 0, pause: 0, pausedUntil: 0, failure: undefined as unknown };

  const send = async (rows: EventRow[], stamped?: Promise<void>): Promise<void> => {
    const result = await publish(rows, options, stamped);
    state.published += result.published;
    const stuck = result.unreachable !== undefined && result.published === 0;
    state.pause = stuck ? Math.min(pauseMs.most, state.pause * 2 || pauseMs.first) : 0;
    state.pausedUntil = performance.now() + state.pause;
    options.onBatch(result);
  };

  return {
    /** `failure` is the first error of a batch under way. */
    state,
    send,

    /** Gives a batch its positions and sends it meanwhile; resolves when it has them. */
    async start(rows: EventRow[], first: number): Promise<void> {
      const ids = rows.map((row) => row._id);
      const stamped = appendPositions(options.db, first, ids);
      const sending = send(rows, stamped)
        .then(() => closePositions(options.db, first))
        .catch((error: unknown) => {
          state.failure ??= error;
        })
        .finally(() => inFlight.delete(sending));
      inFlight.add(sending);
      // Positions are dense and in order: no batch may have its own before this one has, and none if this one failed.
      await stamped;
    },

    /** Resolves when another batch may start. */
    room: async (): Promise<void> => {
      if (inFlight.size >= batchesInFlight) await Promise.race(inFlight);
    },

    drain: async (): Promise<void> => {
      await Promise.all(inFlight);
    },
  };
};
