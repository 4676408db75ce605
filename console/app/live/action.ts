// An action that somebody starts on a page, with what became of it.
import { useState } from 'preact/hooks';
import { type Started, start } from '../api/actions.ts';
import type { ApiError } from '../api/client.ts';

export interface Running {
  isBusy: boolean;
  started?: Started;
  error?: ApiError;
  begin(path: string, body: object): void;
}

export const useAction = (onStarted?: () => void): Running => {
  const [state, setState] = useState<Omit<Running, 'begin'>>({ isBusy: false });
  const begin = (path: string, body: object): void => {
    setState({ isBusy: true });
    start(path, body).then(
      (started) => {
        setState({ isBusy: false, started });
        onStarted?.();
      },
      (error: ApiError) => setState({ isBusy: false, error }),
    );
  };
  return { ...state, begin };
};
