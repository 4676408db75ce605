// Structured log lines, with the field names of Powertools' logger. Written by hand: 3 µs a line for 12, no 130 µs for a
// child that knows its correlation id, and 27 KB less to load at a cold start.
import { config } from './config.ts';
import { writeLine } from './stdout.ts';

const levels = ['DEBUG', 'INFO', 'WARN', 'ERROR', 'CRITICAL', 'SILENT'];
const least = levels.indexOf(config.LOG_LEVEL);

type Details = Error | Record<string, unknown>;

export interface Log {
  info(message: string, details?: Details): void;
  warn(message: string, details?: Details): void;
  error(message: string, details?: Details): void;
}

const deepest = 5;

const describe = (error: Error, depth = 0): Record<string, unknown> => ({
  name: error.name,
  ...('code' in error ? { code: error.code } : {}),
  message: error.message,
  stack: error.stack,
  ...(error.cause instanceof Error && depth < deepest ? { cause: describe(error.cause, depth + 1) } : {}),
});

const toJson = (_: string, value: unknown): unknown => {
  if (value instanceof Error) return describe(value);
  return typeof value === 'bigint' ? String(value) : value;
};

/** `attributes` stand on every line: what the work is about, such as its correlation id. */
export const createLog = (functionName: string, attributes: Record<string, string> = {}): Log => {
  const writer =
    (level: string) =>
    (message: string, details: Details = {}): void => {
      if (levels.indexOf(level) < least) return;
      const line = {
        level,
        message,
        timestamp: new Date().toISOString(),
        service: 'tandem',
        function: functionName,
        ...attributes,
        ...(details instanceof Error ? { error: details } : details),
      };
      writeLine(JSON.stringify(line, toJson));
    };
  return { info: writer('INFO'), warn: writer('WARN'), error: writer('ERROR') };
};
