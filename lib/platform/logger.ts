// Structured log lines. A child logger carries the correlation id of what it works on.
import { Logger } from '@aws-lambda-powertools/logger';

const root = new Logger({ serviceName: 'tandem' });

export type Log = Logger;

export const createLog = (functionName: string, attributes: Record<string, string> = {}): Log =>
  root.createChild({ persistentKeys: { function: functionName, ...attributes } });
