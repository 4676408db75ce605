// Runs an attempt at a command again while it loses races. Guarantees: each attempt starts from what is stored by then,
// so no update is lost; the end comes within the deadlines, with `version_conflict` if the races go on, with `unavailable`
// if what the attempt rests on does not become certain.
import { backOff } from '../back-off.ts';
import { AppError, isAppError } from '../errors.ts';

/** How long a command waits for what it rests on to reach a majority of the nodes: after a fail-over that may take a while. */
const certainWithinMs = 1_500;

export const notCertain = (cause?: unknown): AppError =>
  new AppError('unavailable', 'What came before is not certain yet', { cause, retryAfter: 2 });

/** A key that was used by what is not to be seen yet, or a version that is not a majority's yet. */
const isNotCertain = (error: unknown): boolean =>
  isAppError(error, 'duplicate_command') || isAppError(error, 'unavailable');

/** @throws what the last attempt threw: past `deadlineMs` of lost races, or at once if it is another error. */
export const untilDecided = async <T>(attempt: () => Promise<T>, deadlineMs: number): Promise<T> => {
  const deadline = performance.now() + deadlineMs;
  let certainBy: number | undefined;
  for (let lost = 0; ; lost += 1) {
    try {
      return await attempt();
    } catch (error) {
      if (isNotCertain(error)) {
        certainBy ??= performance.now() + certainWithinMs;
        if (performance.now() > certainBy) throw notCertain(error);
      } else if (!isAppError(error, 'version_conflict') || performance.now() > deadline) {
        throw error;
      }
      await backOff(lost);
    }
  }
};
