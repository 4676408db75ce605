/** Numbers from 0 to below 1 that look random and are the same for the same seed (mulberry32). */
export const seededRandom = (seed: number): (() => number) => {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
};

/** The seed of this run: FC_SEED, or a new one. Printed, so that a failure can be run again. */
export const runSeed = (what: string): number => {
  const given = process.env['FC_SEED'];
  const seed = given ? Number(given) : Math.floor(Math.random() * 2 ** 31);
  console.info(`${what}: FC_SEED=${seed}`);
  return seed;
};
