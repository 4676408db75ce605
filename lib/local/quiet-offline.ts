// What serverless-offline 14.8.2 writes and nobody asked for.

import { createRequire } from 'node:module';
import { fieldAt } from './files.ts';

interface OfflineLog {
  disable(): void;
  error(...given: unknown[]): void;
}

// Loggers are shared by name: this is the one that serverless-offline was given.
const offlineLog = (): OfflineLog => {
  const fromFramework = createRequire(createRequire(import.meta.url).resolve('serverless/package.json'));
  return fromFramework('log').get('serverless').get('plugin').get('serverless-offline').notice;
};

/** It prints its table of routes past the framework's log. Gives what ends the silence. */
export const hideRoutes = (): (() => void) => {
  const print = console.log;
  console.log = () => undefined;
  return () => {
    console.log = print;
  };
};

/** Four lines for each request. */
export const quietRequests = (): void => offlineLog().disable();

/**
 * A function that fails for an outage has said so once in its own log; serverless-offline repeats each
 * failure in two lines, the heading first.
 */
export const quietOutages = (): void => {
  const log = offlineLog();
  const write = log.error.bind(log);
  let heading: unknown;
  const filtered = (...given: unknown[]): void => {
    const [first] = given;
    if (String(first).startsWith('Unhandled exception in handler')) {
      heading = first;
      return;
    }
    const isOutage = heading !== undefined && fieldAt(first, 'code') === 'unavailable';
    if (heading !== undefined && !isOutage) write(heading);
    heading = undefined;
    if (!isOutage) write(...given);
  };
  Object.defineProperty(log, 'error', { value: filtered });
};
