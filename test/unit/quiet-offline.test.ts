// Source: lib/local/quiet-offline.ts.
import { createRequire } from 'node:module';
import { beforeEach, expect, test } from 'vitest';
import { hideRoutes, quietOutages } from '../../lib/local/quiet-offline.ts';

const fromFramework = createRequire(createRequire(import.meta.url).resolve('serverless/package.json'));
const log = fromFramework('log').get('serverless').get('plugin').get('serverless-offline').notice;
const heading = "Unhandled exception in handler 'ticketsProjector'.";
const outage = Object.assign(new Error('no database'), { code: 'unavailable' });
const fault = new Error('a fault');

let written: unknown[][];
beforeEach(() => {
  written = [];
  Object.defineProperty(log, 'error', {
    configurable: true,
    writable: true,
    value: (...given: unknown[]) => written.push(given),
  });
  quietOutages();
});

test('an outage that a function has told of is not repeated', () => {
  log.error(heading);
  log.error(outage);
  expect(written).toEqual([]);
});

test('any other failure of a function is written below its heading', () => {
  log.error(heading);
  log.error(fault, 'and more');
  expect(written).toEqual([[heading], [fault, 'and more']]);
});

test('an error without a heading is written, an outage too, and so is what comes after a silenced one', () => {
  log.error(heading);
  log.error(outage);
  log.error(outage);
  log.error(fault);
  expect(written).toEqual([[outage], [fault]]);
});

test('what is printed while the routes are hidden is not seen, and what is printed after it is', () => {
  const print = console.log;
  const show = hideRoutes();
  expect(console.log).not.toBe(print);
  show();
  expect(console.log).toBe(print);
});
