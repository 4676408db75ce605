import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { alarmsOf } from '../../lib/deploy/alarms.ts';
import { logicalId } from '../../lib/deploy/service.ts';
import { catalogue } from '../../lib/domains.ts';
import { isMetric, metricNamespace, serviceName } from '../../lib/platform/metric-names.ts';
import { cloudFormationTags, readServerlessFile } from '../support/serverless-file.ts';

const { functions, service } = readServerlessFile();
const handlers = Object.keys(functions)
  .filter((name) => name.endsWith('QueuedCommands'))
  .map(logicalId);
const written = readFileSync('lib/deploy/alarms.yml', 'utf8');
const naming = { service: 'tandem', stage: 'dev', queuePrefix: 'tandem', projectionMode: 'async' };

/** The metrics of the namespace that the file names. */
const named = [...written.matchAll(/Namespace: Tandem\n\s+MetricName: (\w+)/g)].map(([, name = '']) => name);

test('alarms ask for metrics that there are', () => {
  expect(metricNamespace).toBe('Tandem');
  expect(named.length).toBeGreaterThan(3);
  expect(named.filter((name) => !isMetric(name))).toEqual([]);
});

test('alarms name the dimensions as the metrics have them', () => {
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

interface AlarmProperties {
  AlarmDescription: string;
  Metrics?: { Id: string; Expression?: string; ReturnData?: boolean }[];
  Dimensions?: { Name: string; Value: string }[];
  Namespace?: string;
  MetricName?: string;
  Statistic?: string;
  Period?: number;
  EvaluationPeriods: number;
  Threshold: number;
  ComparisonOperator: string;
  TreatMissingData: string;
  AlarmActions: unknown[];
  OKActions: unknown[];
}
const isAlarm = ([, { Type }]: [string, { Type: string }]): boolean => Type === 'AWS::CloudWatch::Alarm';
const inFile: Record<string, { Type: string; Properties: AlarmProperties }> = parse(written, {
  customTags: cloudFormationTags,
}).Resources;
const ofSystem = Object.entries(inFile).filter(isAlarm);
const ofParts = Object.entries(alarmsOf({ functions: functions as never }, naming)).map(
  ([id, { Properties }]) => [id, Properties as object as AlarmProperties] as const,
);

test.each([
  ...ofSystem.map(([id, { Properties }]) => [id, Properties, 'AlarmTopic'] as const),
  ...ofParts.map(([id, properties]) => [id, properties, { Ref: 'AlarmTopic' }] as const),
])('%s goes off above its threshold, and says so, as it does that all is well again', (_id, alarm, topic) => {
  expect(alarm).toMatchObject({
    ComparisonOperator: 'GreaterThanThreshold',
    AlarmActions: [topic],
    OKActions: [topic],
  });
  expect(alarm.Period ?? 60).toBe(60);
});

test('an alarm of the system goes off above so much, for so many minutes', () => {
  const told = ofSystem.map(([id, { Properties: one }]) => {
    const what = one.MetricName ?? one.Metrics?.[0]?.Expression;
    const function_ = one.Dimensions?.find(({ Name }) => Name === 'function')
      ?.Value.split('-')
      .at(-1);
    const measured = `${one.Statistic ?? ''} ${what}${function_ === undefined ? '' : ` of ${function_}`}`;
    return [id, measured.trim(), one.Threshold, one.EvaluationPeriods, one.TreatMissingData];
  });
  expect(told).toEqual([
    ['RelayAlarm', 'Maximum OldestPendingMs of relay', 60_000, 3, 'breaching'],
    ['BehindAlarm', 'Maximum OldestBehindMs of reconcile', 60_000, 3, 'breaching'],
    ['EventsParkedAlarm', 'Sum EventsParked of relay', 0, 1, 'notBreaching'],
    ['HealedAlarm', 'Sum Healed of reconcile', 0, 1, 'notBreaching'],
    ['ApiErrorsAlarm', '100 * errors / MAX([errors, requests])', 1, 3, 'notBreaching'],
    ['ThrottlesAlarm', 'Sum Throttles', 0, 3, 'notBreaching'],
    ['ErrorsAlarm', 'Sum Errors', 0, 3, 'notBreaching'],
  ]);
});

test('an alarm of a queue or of its consumer goes off above so much, for so many minutes', () => {
  const [queue = ''] = catalogue.commandQueues;
  const handler = handlers.find((name) => name.toLowerCase().startsWith(queue.split('-')[0] ?? '')) ?? '';
  const toldOf = (wanted: string) => {
    const [, one] = ofParts.find(([id]) => id === wanted) ?? [];
    const dimensions = one?.Dimensions?.map(({ Name, Value }) => `${Name}=${Value}`).join(' ');
    const { Namespace, Statistic, MetricName, Threshold, EvaluationPeriods, TreatMissingData } = one ?? {};
    expect(TreatMissingData).toBe('notBreaching');
    return [`${Namespace} ${Statistic} ${MetricName}`, dimensions, Threshold, EvaluationPeriods];
  };
  expect(toldOf(`${logicalId(queue)}DeadLettersAlarm`)).toEqual([
    'AWS/SQS Maximum ApproximateNumberOfMessagesVisible',
    `QueueName=tandem-${queue}-dlq`,
    0,
    1,
  ]);
  expect(toldOf(`${logicalId(queue)}SilentAlarm`)).toEqual([
    'AWS/SQS Maximum ApproximateAgeOfOldestMessage',
    `QueueName=tandem-${queue}`,
    120,
    3,
  ]);
  const key = `${handler.slice(0, 1).toLowerCase()}${handler.slice(1)}`;
  expect(toldOf(`${handler}LagAlarm`)).toEqual([
    'Tandem Sum LagOverContract',
    `service=tandem-dev function=tandem-dev-${key}`,
    0,
    5,
  ]);
});

test('whoever should be heard of and is not has an alarm: the relay, reconcile with all that consume events, and who takes commands', () => {
  for (const measured of ['OldestPendingMs', 'OldestBehindMs']) {
    const [, alarm = ''] = written.split(`MetricName: ${measured}\n`);
    expect(alarm.slice(0, alarm.indexOf('OKActions'))).toMatch(/TreatMissingData: breaching/);
  }
  const made = Object.keys(alarmsOf({ functions: functions as never }, naming));
  for (const queue of catalogue.commandQueues) expect(made).toContain(`${logicalId(queue)}SilentAlarm`);
});
