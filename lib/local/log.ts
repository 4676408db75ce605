/** One line a step. Start-up lines go to stdout; tests pass `quiet`. */
export type Log = (line: string) => void;

export const quiet: Log = () => undefined;

/** A failure the user can mend: shown as one sentence, without a stack. */
export class SetupError extends Error {
  override readonly name = 'SetupError';
}

export const isSetupError = (error: unknown): error is SetupError =>
  error instanceof Error && error.name === 'SetupError';

export const messageOf = (error: unknown): string =>
  error instanceof Error ? error.message || String(error) : String(error);
