// What the system is made of, asked seldom: it changes with a deployment.
import { get } from '../api/client.ts';
import type { System } from '../api/types.ts';
import { type Polled, usePoll } from './poll.ts';

export const useSystem = (): Polled<System> =>
  usePoll('system', (signal) => get<System>('/ops/system', {}, signal), 30_000);
