// The headers in which a caller gives ids of its own: visible characters of ASCII, up to a number.
import type { FieldError } from '../../core/errors.ts';

const most = { 'X-Correlation-Id': 128, 'Idempotency-Key': 255 } as const;

type CallerId = keyof typeof most;

export const patternOf = (header: CallerId): string => `^[\\x21-\\x7e]{1,${most[header]}}$`;

const patterns = {
  'X-Correlation-Id': new RegExp(patternOf('X-Correlation-Id')),
  'Idempotency-Key': new RegExp(patternOf('Idempotency-Key')),
};

export const isCallerId = (header: CallerId, value: string): boolean => patterns[header].test(value);

/** What is wrong with the header's value, if it was sent. */
export const callerIdFaults = (header: CallerId, value: string | undefined): FieldError[] =>
  value === undefined || isCallerId(header, value)
    ? []
    : [{ path: header, message: `must have 1 to ${most[header]} visible characters` }];
