import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { atRest, forCommands, together } from '../../lib/deploy/costs.ts';
import { costsPage, deployedParts, withCosts } from '../support/costs-table.ts';

const parts = deployedParts();

test('the page of costs says what is deployed: `npm run docs` writes it', () => {
  const page = readFileSync(costsPage, 'utf8');
  expect(withCosts(page)).toBe(page);
});

test('a month at rest costs at most 11 dollars, with alarms and dashboard', () => {
  expect(parts.scheduled).toBe(2);
  expect(parts.dashboards).toBe(1);
  expect(together(atRest(parts))).toBeLessThanOrEqual(11);
});

test('a million commands cost at most 2.20 dollars', () => {
  expect(together(forCommands(parts, 1e6, 3))).toBeLessThanOrEqual(2.2);
});

test('a function more that runs each minute, a queue or an alarm more is seen', () => {
  const more = { ...parts, queues: parts.queues + 1, alarmMetrics: parts.alarmMetrics + 1 };
  expect(together(atRest(more))).toBeGreaterThan(together(atRest(parts)) + 0.3);
});
