import { expect, test } from 'vitest';
import { consumersOf, queueSettings } from '../../lib/deploy/consumers.ts';
import { dashboardOf } from '../../lib/deploy/dashboard.ts';
import { catalogue } from '../../lib/domains.ts';
import { readServerlessFile } from '../support/serverless-file.ts';

interface Widget {
  x: number;
  y: number;
  properties: { title: string; region: string; stat?: string; metrics: unknown[][] };
}

const naming = { service: 'tandem', stage: 'prod', queuePrefix: 'tandem-prod', projectionMode: 'async' };
const { functions } = readServerlessFile();
const { Properties } = dashboardOf({ functions: functions as never }, naming)['Dashboard'] ?? {};
const text = String(Object(Properties?.['DashboardBody'])['Fn::Sub']);
const { widgets }: { widgets: Widget[] } = JSON.parse(text);
const graph = (title: string) => widgets.find(({ properties }) => properties.title === title)?.properties;

test('a stage has one dashboard under its own name, whose graphs do not cover each other', () => {
  expect(Properties?.['DashboardName']).toBe('tandem-prod');
  expect(new Set(widgets.map(({ x, y }) => `${x}/${y}`)).size).toBe(6);
  expect(widgets.every(({ properties }) => properties.region === `\${AWS::Region}`)).toBe(true);
  // What CloudFormation puts in is all that it finds to put in.
  expect(new Set(text.match(/\$\{[^}]*\}/g))).toEqual(new Set([`\${AWS::Region}`, `\${HttpApi}`]));
});

test('the dead letters of every queue are on it, by the names that the queues of the stage have', () => {
  const settings = queueSettings({ QUEUE_PREFIX: 'tandem-prod' });
  const consumers = consumersOf(functions as never, catalogue.queueNames, settings);
  const { stat, metrics = [] } = graph('Dead letters') ?? {};
  expect(stat).toBe('Maximum');
  expect(new Set(metrics)).toEqual(
    new Set(
      consumers.map(({ deadLetters }) => [
        ...['AWS/SQS', 'ApproximateNumberOfMessagesVisible', 'QueueName', deadLetters.name],
      ]),
    ),
  );
});

test('errors and throttles of every function of the stage are on it', () => {
  const named = graph('Functions: errors and throttles')?.metrics.map((line) => line.slice(1).join(' '));
  expect(named?.toSorted()).toEqual(
    ['Errors', 'Throttles']
      .flatMap((metric) => Object.keys(functions).map((key) => `${metric} FunctionName tandem-prod-${key}`))
      .toSorted(),
  );
});

test('what the events do is found by the service of the stage alone', () => {
  const searches = [...text.matchAll(/service=\\"([\w-]+)\\" MetricName=\\"(\w+)\\"/g)];
  expect(searches.map(([, service, metric]) => `${service} ${metric}`)).toEqual(
    ['EventsPublished', 'EventsApplied', 'Failures', 'Lag'].map((metric) => `tandem-prod ${metric}`),
  );
  expect(graph('Backlog, and age of the oldest pending event')?.metrics[0]).toEqual([
    ...['Tandem', 'Backlog', 'service', 'tandem-prod', 'function', 'tandem-prod-relay'],
  ]);
});
