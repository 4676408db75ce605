// The one error of the machine. Guards test `code`, never the class: two bundles hold two copies of a class.
// Only the HTTP stack knows which status a code becomes.

export type ErrorCode =
  | 'invalid_input'
  | 'unauthenticated'
  | 'forbidden'
  | 'not_found'
  | 'method_not_allowed'
  | 'rule_violated'
  | 'version_conflict'
  | 'precondition_failed'
  | 'payload_too_large'
  | 'unsupported_media_type'
  | 'duplicate_command'
  | 'idempotency_key_reused'
  | 'unavailable'
  | 'unknown_event'
  | 'unknown_state'
  | 'malformed_message'
  | 'event_missing'
  | 'lease_held'
  | 'lease_lost'
  | 'not_registered';

/** One bad field: `path` in dots from the root of the input (`items.0.price`), `message` for people. */
export interface FieldError {
  path: string;
  message: string;
}

interface AppErrorOptions {
  cause?: unknown;
  errors?: FieldError[];
  /** Seconds after which the caller may try again. */
  retryAfter?: number;
  /** The methods that there are. */
  allow?: string;
}

export class AppError extends Error {
  readonly code: ErrorCode;
  readonly errors: FieldError[] | undefined;
  readonly retryAfter: number | undefined;
  readonly allow: string | undefined;

  constructor(code: ErrorCode, message: string, options: AppErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'AppError';
    this.code = code;
    this.errors = options.errors;
    this.retryAfter = options.retryAfter;
    this.allow = options.allow;
  }
}

/** What an error says, in one line of a log or of an answer. */
export const messageOf = (error: unknown): string =>
  (error instanceof Error && error.message) || String(error);

export const isAppError = (error: unknown, code?: ErrorCode): error is AppError =>
  error instanceof Error &&
  error.name === 'AppError' &&
  'code' in error &&
  (code === undefined || error.code === code);

export const notFound = (what: string, id: string): AppError =>
  new AppError('not_found', `${what} ${id} does not exist`);

export const ruleViolated = (message: string): AppError => new AppError('rule_violated', message);
