// Starting what takes a while, and watching it.
import { request } from './client.ts';
import type { Action } from './types.ts';

export interface Started {
  action: Action;
  /** Where its progress is. */
  location: string;
}

/** @throws ApiError when the API refuses. */
export const start = async (path: string, body: object): Promise<Started> => {
  const { body: action, headers } = await request('POST', path, { body });
  const { id } = action as Action;
  return { action: action as Action, location: headers.get('location') ?? `/ops/actions/${id}` };
};

const endStates: readonly Action['state'][] = ['done', 'stopped', 'failed', 'cut_off'];

export const hasEnded = ({ state }: Action): boolean => endStates.includes(state);

/** The address under which one can be watched, and stopped. */
export const locationOf = ({ id, kind }: Action): string => {
  if (kind === 'rebuild' || kind === 'dry_run') return `/ops/rebuilds/${id}`;
  return kind === 'replay' ? `/ops/replays/${id}` : `/ops/actions/${id}`;
};

export const stop = async (action: Action): Promise<void> => {
  await request('DELETE', locationOf(action));
};

/** The counts of a result by their names; those of several read models added up. */
export const countsOf = (result: Action['result']): Record<string, number> => {
  const parts = Array.isArray(result) ? result : [result ?? {}];
  const sums: Record<string, number> = {};
  for (const part of parts) {
    for (const [name, value] of Object.entries(part))
      if (typeof value === 'number') sums[name] = (sums[name] ?? 0) + value;
  }
  return sums;
};
