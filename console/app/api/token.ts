// The operators' token: asked for when the API wants one, kept for the life of this tab, sent as a bearer only.
import { cell } from '../live/cell.ts';

const key = 'tandem.ops-token';

/** What the API last said of who we are. */
export type Access = 'open' | 'asked' | 'refused' | 'closed';

export const access = cell<Access>('open');

/** Counts up when the token changes, so that what was refused is asked for again. */
export const tokenGeneration = cell(0);

export const findToken = (): string | undefined => sessionStorage.getItem(key) ?? undefined;

export const keepToken = (token: string): void => {
  sessionStorage.setItem(key, token);
  access.set('open');
  tokenGeneration.set(tokenGeneration.get() + 1);
};

export const forgetToken = (): void => {
  sessionStorage.removeItem(key);
  access.set('asked');
};
