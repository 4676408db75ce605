import { setTimeout as wait } from 'node:timers/promises';
import { type Instrumented, instrument } from './instrument.ts';

/** Stops now and then before a call, or before its answer is read: as a frozen container or a slow network does. */
export const createPauses = (
  random: () => number,
  { chance, mostMs }: { chance: number; mostMs: number },
): Instrumented => {
  const pause = async (): Promise<void> => {
    if (random() < chance) await wait(random() * mostMs);
  };
  return instrument(async (call) => {
    await pause();
    const answer = await call();
    await pause();
    return answer;
  });
};
