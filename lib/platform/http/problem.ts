// Errors as RFC 9457 problem documents. The one place that knows which status an error's code becomes.
import { isUnavailable } from '../../core/driver-errors.ts';
import { AppError, type ErrorCode, isAppError } from '../../core/errors.ts';

const problems: Partial<Record<ErrorCode, { status: number; title: string }>> = {
  invalid_input: { status: 400, title: 'The request is not valid' },
  unauthenticated: { status: 401, title: 'A bearer token is needed' },
  forbidden: { status: 403, title: 'Not allowed' },
  not_found: { status: 404, title: 'Not found' },
  method_not_allowed: { status: 405, title: 'Method not allowed' },
  rule_violated: { status: 409, title: 'A rule says no' },
  version_conflict: { status: 409, title: 'Too many changes at the same time' },
  duplicate_command: { status: 409, title: 'The same command is being handled' },
  precondition_failed: { status: 412, title: 'The version is another' },
  payload_too_large: { status: 413, title: 'The body is too large' },
  unsupported_media_type: { status: 415, title: 'The body must be JSON' },
  idempotency_key_reused: { status: 422, title: 'The idempotency key was used with another request' },
  unknown_event: { status: 503, title: 'Written by another release' },
  unknown_state: { status: 503, title: 'Written by another release' },
  unavailable: { status: 503, title: 'Not available now' },
};

/** What problems with this status are called. */
export const titleOf = (status: number): string =>
  Object.values(problems).find((one) => one.status === status)?.title ?? 'Something went wrong here';

const retryAfterSeconds = 2;

/** The error as one that a caller may see: whatever is not ours becomes `unavailable` or says nothing at all. */
const toPublic = (error: unknown): AppError | undefined => {
  if (isAppError(error)) return error;
  if (isUnavailable(error)) {
    return new AppError('unavailable', 'The database cannot be reached, or not in time', {
      cause: error,
      retryAfter: retryAfterSeconds,
    });
  }
  return undefined;
};

export interface ProblemAnswer {
  status: number;
  headers: Record<string, string>;
  body: Record<string, unknown>;
}

export const toProblem = (error: unknown, instance: string, correlationId: string): ProblemAnswer => {
  const known = toPublic(error);
  const code = known?.code ?? 'internal';
  const { status, title } = problems[code as ErrorCode] ?? {
    status: 500,
    title: 'Something went wrong here',
  };
  const retryAfter = known?.retryAfter ?? (code === 'version_conflict' ? 1 : undefined);
  return {
    status,
    headers: {
      'content-type': 'application/problem+json',
      ...(retryAfter === undefined ? {} : { 'retry-after': String(retryAfter) }),
      ...(known?.allow === undefined ? {} : { allow: known.allow }),
      ...(status === 401 ? { 'www-authenticate': 'Bearer' } : {}),
    },
    body: {
      type: `urn:tandem:problem:${code.replaceAll('_', '-')}`,
      title,
      status,
      detail: status === 500 ? 'The error is in the log under the correlation id' : known?.message,
      instance,
      correlation_id: correlationId,
      ...(known?.errors === undefined ? {} : { errors: known.errors }),
    },
  };
};
