import { isUnavailable } from '../core/driver-errors.ts';
import { AppError, isAppError } from '../core/errors.ts';

/** What an invocation fails with: an operator who is told what is wrong needs no frames of ours, nor of the driver. */
export const toInvocationError = (error: unknown): unknown => {
  const known = isUnavailable(error) ? new AppError('unavailable', 'The database cannot be reached') : error;
  if (isAppError(known)) known.stack = `${known.code}: ${known.message}`;
  return known;
};
