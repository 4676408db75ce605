// Structured log lines. One logger a container: a child for each piece of work costs 130 µs, an attribute on the line none.
import { Logger, LogLevelThreshold } from '@aws-lambda-powertools/logger';

// LOG_LEVEL alone decides. Under Lambda's JSON logs this variable would, which is at its lowest so that metrics pass.
delete process.env['AWS_LAMBDA_LOG_LEVEL'];

const root = new Logger({ serviceName: 'tandem' });

type Details = Error | Record<string, unknown>;

export interface Log {
  debug(message: string, details?: Details): void;
  info(message: string, details?: Details): void;
  warn(message: string, details?: Details): void;
  error(message: string, details?: Details): void;
}

/** `attributes` stand on every line: what the work is about, such as its correlation id. */
export const createLog = (functionName: string, attributes: Record<string, string> = {}): Log => {
  const onLine = (details: Details = {}) => ({
    function: functionName,
    ...attributes,
    ...(details instanceof Error ? { error: details } : details),
  });
  return {
    debug(message, details) {
      // Before the logger looks at its level it reads the environment; there is one such line for each event.
      if (root.level <= LogLevelThreshold.DEBUG) root.debug(message, onLine(details));
    },
    info: (message, details) => root.info(message, onLine(details)),
    warn: (message, details) => root.warn(message, onLine(details)),
    error: (message, details) => root.error(message, onLine(details)),
  };
};
