// What the system is made of, asked seldom: it changes with a deployment. What one page has heard, the next one shows at
// once, so that nothing jumps.
import { get } from '../api/client.ts';
import type { System } from '../api/types.ts';
import { type Polled, usePoll } from './poll.ts';

let known: System | undefined;

const read = async (signal: AbortSignal): Promise<System> => {
  known = await get<System>('/ops/system', {}, signal);
  return known;
};

export const useSystem = (): Polled<System> => {
  const polled = usePoll('system', read, 30_000);
  return { ...polled, data: polled.data ?? known };
};
