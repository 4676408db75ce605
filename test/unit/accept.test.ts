import { expect, test } from 'vitest';
import { preferred } from '../../lib/platform/http/accept.ts';

const types = ['application/json', 'text/plain', 'application/openmetrics-text'];
const prometheus =
  'application/openmetrics-text;version=1.0.0;q=0.5,application/openmetrics-text;version=0.0.1;q=0.4,text/plain;version=0.0.4;q=0.3,*/*;q=0.1';

test.each([
  [undefined, 'application/json'],
  ['', 'application/json'],
  ['*/*', 'application/json'],
  ['application/json, text/plain, */*', 'application/json'],
  ['application/json, text/plain;q=0.5', 'application/json'],
  ['application/json;q=0.4, text/plain;q=0.5', 'text/plain'],
  ['text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8', 'application/json'],
  ['text/plain', 'text/plain'],
  ['Text/Plain; version=0.0.4', 'text/plain'],
  ['text/*', 'text/plain'],
  ['text/plain;q=0', 'application/json'],
  ['*/*, application/json;q=0.1', 'text/plain'],
  ['image/png', 'application/json'],
  [';;q=x,,', 'application/json'],
  [prometheus, 'application/openmetrics-text'],
])('who accepts %s gets %s', (accept, type) => {
  expect(preferred(types, accept)).toBe(type);
});
