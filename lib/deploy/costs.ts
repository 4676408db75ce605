// What a stage costs a month, computed from its own functions, queues, schedules and alarms. Without free tiers, data
// transfer and the database.
import { durationsMs, logBytes, metrics, minutesAMonth, pollsAMinute, prices } from './prices.ts';
import type { Resource, Service } from './service.ts';

export type Costs = Record<string, number>;

/** What there is to pay for. */
export interface Parts {
  memoryGb: number;
  queues: number;
  consumers: number;
  /** Functions that answer requests. */
  answering: number;
  /** Functions that run each minute. */
  scheduled: number;
  alarmMetrics: number;
  dashboards: number;
}

const isOf =
  (type: string) =>
  ({ Type }: Resource): boolean =>
    Type === type;

/** An alarm on an expression is paid for each metric in it. */
const metricsIn = ({ Properties }: Resource): number => {
  const { Metrics } = Properties;
  return Array.isArray(Metrics) ? Metrics.filter((one) => 'MetricStat' in one).length : 1;
};

/** `service` as the plugin completes it, with the resources of alarms.yml. */
export const partsOf = ({
  functions,
  provider,
  resources,
}: Service & { provider: { memorySize?: number } }): Parts => {
  const all = Object.values(resources.Resources);
  const having = (kind: 'httpApi' | 'sqs' | 'schedule') =>
    Object.values(functions).filter(({ events = [] }) => events.some((event) => event[kind] !== undefined))
      .length;
  return {
    memoryGb: (provider.memorySize ?? 1_024) / 1_024,
    queues: having('sqs'),
    consumers: having('sqs'),
    answering: having('httpApi'),
    scheduled: having('schedule'),
    alarmMetrics: all
      .filter(isOf('AWS::CloudWatch::Alarm'))
      .reduce((sum, alarm) => sum + metricsIn(alarm), 0),
    dashboards: all.filter(isOf('AWS::CloudWatch::Dashboard')).length,
  };
};

const runs = ({ memoryGb }: Parts, count: number, ms: number): number =>
  count * ((ms / 1_000) * memoryGb * prices.lambdaGbSecond + prices.lambdaRequest);

const logs = (bytes: number, perGb = prices.logGb): number => (bytes / 1e9) * perGb;

/** A month in which nobody asks for anything. */
export const atRest = (parts: Parts): Costs => ({
  'relay, a look each minute': runs(parts, minutesAMonth, durationsMs.relayLook),
  'reconcile, each minute': runs(parts, minutesAMonth, durationsMs.reconcile),
  [`polling ${parts.queues} queues`]: parts.queues * minutesAMonth * pollsAMinute * prices.sqsRequest,
  [`alarms on ${parts.alarmMetrics} metrics`]: parts.alarmMetrics * prices.alarm,
  [`${metrics.atRest} metrics and the dashboard`]:
    metrics.atRest * prices.metric + parts.dashboards * prices.dashboard,
  logs: logs(logBytes.minute * minutesAMonth),
});

/** Commands with one event each, which one subscriber hears of in calls of so many messages. */
export const forCommands = (parts: Parts, count: number, messagesACall: number): Costs => {
  const calls = count / messagesACall;
  const bytes =
    count * (logBytes.request + logBytes.event) +
    calls * logBytes.projectorCall +
    (count / 10) * logBytes.relayBatch;
  return {
    gateway: count * prices.httpApiRequest,
    'command function': runs(parts, count, durationsMs.command),
    'projector, one subscriber': runs(parts, calls, durationsMs.projector),
    'queue: sends in tens, receives, deletes': (count / 10 + 2 * calls) * prices.sqsRequest,
    logs: logs(bytes) + logs(count * logBytes.access, prices.accessLogGb),
  };
};

export const together = (costs: Costs): number => Object.values(costs).reduce((sum, cost) => sum + cost, 0);

const secondsAMonth = minutesAMonth * 60;
const million = 1e6;
/** Messages that a projector gets in one call while so many commands a second come. */
export const loads = [
  { perSecond: 1, messagesACall: 1 },
  { perSecond: 10, messagesACall: 2 },
  { perSecond: 100, messagesACall: 5 },
];

/** A month of a steady load: one relay is awake all the time, and each function has traffic. */
export const steady = (parts: Parts, perSecond: number, messagesACall: number): Costs => ({
  commands: together(forCommands(parts, perSecond * secondsAMonth, messagesACall)),
  'relay, one awake': runs(parts, 1, secondsAMonth * 1_000),
  'metrics of all functions':
    (parts.answering * metrics.request + parts.consumers * metrics.consumer + metrics.relay) * prices.metric,
  'at rest': together(atRest(parts)),
});

const dollars = (cost: number): string => cost.toFixed(2);

const table = (title: string, costs: Costs): string =>
  [
    `| ${title} | $ |`,
    '|---|--:|',
    ...Object.entries(costs).map(([name, cost]) => `| ${name} | ${dollars(cost)} |`),
    `| **together** | **${dollars(together(costs))}** |`,
  ].join('\n');

const steadyTable = (parts: Parts): string => {
  const columns = loads.map(({ perSecond, messagesACall }) => steady(parts, perSecond, messagesACall));
  const row = (name: string, cost: (costs: Costs) => number): string =>
    `| ${name} | ${columns.map((costs) => dollars(cost(costs))).join(' | ')} |`;
  return [
    `| a month of steady commands, $ | ${loads.map(({ perSecond }) => `${perSecond}/s`).join(' | ')} |`,
    `|---|${loads.map(() => '--:|').join('')}`,
    ...Object.keys(columns[0] ?? {}).map((name) => row(name, (costs) => costs[name] ?? 0)),
    row('**together**', together),
  ].join('\n');
};

/** The tables of the page. */
export const costTables = (parts: Parts): string =>
  [
    table('a month at rest', atRest(parts)),
    table('a million commands with one event each', forCommands(parts, million, 3)),
    steadyTable(parts),
  ].join('\n\n');
