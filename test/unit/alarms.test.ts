import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { alarmsOf } from '../../lib/deploy/alarms.ts';
import { logicalId } from '../../lib/deploy/service.ts';
import { catalogue } from '../../lib/domains.ts';
import { isMetric, metricNamespace, serviceName } from '../../lib/platform/metric-names.ts';
import { readServerlessFile } from '../support/serverless-file.ts';

const { functions, service } = readServerlessFile();
const handlers = Object.keys(functions)
  .filter((name) => name.endsWith('QueuedCommands'))
  .map(logicalId);
const written = readFileSync('lib/deploy/alarms.yml', 'utf8');
const naming = { service: 'tandem', stage: 'dev', queuePrefix: 'tandem', projectionMode: 'async' };

/** The metrics of the namespace that the file names, in alarms, in graphs and in searches. */
const named = [
  ...written.matchAll(/Namespace: Tandem\n\s+MetricName: (\w+)/g),
  ...written.matchAll(/\["Tandem", "(\w+)"/g),
  ...written.matchAll(/\{Tandem,[^}]*\}[^']*MetricName=\\"(\w+)\\"/g),
].map(([, name = '']) => name);

test('alarms and dashboard ask for metrics that there are', () => {
  expect(metricNamespace).toBe('Tandem');
  expect(named.length).toBeGreaterThan(7);
  expect(named.filter((name) => !isMetric(name))).toEqual([]);
});

test('alarms and dashboard name the dimensions as the metrics have them', () => {
  expect(serviceName('dev')).toBe(`${service}-dev`);
  const asked = [...written.matchAll(/Name: function, Value: ".+-(\w+)"/g)].map(([, name = '']) => name);
  expect(asked.length).toBeGreaterThan(1);
  expect(asked.filter((name) => !Object.hasOwn(functions, name))).toEqual([]);
});

test('every queue has an alarm for its dead letters, and every handler of queued commands one for its lag', () => {
  const made = Object.keys(alarmsOf({ functions: functions as never }, naming));
  const ids = [
    ...catalogue.queueNames.map((name) => `${logicalId(name)}DeadLetters`),
    ...handlers.map((name) => `${name}Lag`),
    ...catalogue.commandQueues.map((name) => `${logicalId(name)}Silent`),
  ];
  expect(made.toSorted()).toEqual(ids.map((id) => `${id}Alarm`).toSorted());
});

test('whoever should be heard of and is not has an alarm: the relay, reconcile with all that consume events, and who takes commands', () => {
  for (const measured of ['OldestPendingMs', 'OldestBehindMs']) {
    const [, alarm = ''] = written.split(`MetricName: ${measured}\n`);
    expect(alarm.slice(0, alarm.indexOf('OKActions'))).toMatch(/TreatMissingData: breaching/);
  }
  const made = Object.keys(alarmsOf({ functions: functions as never }, naming));
  for (const queue of catalogue.commandQueues) expect(made).toContain(`${logicalId(queue)}SilentAlarm`);
});
