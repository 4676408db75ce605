// The dashboard of a stage: what the events do, what waits and what failed. Each queue and each function is named, since a
// search would find them by words of their names alone, those of other stages too.
import { catalogue } from '../domains.ts';
import { type MetricName, metricNamespace, serviceName } from '../platform/metric-names.ts';
import { relayKey } from './rights.ts';
import { functionName, type Resource, type Service } from './service.ts';
import type { StageNaming } from './stage-naming.ts';

/** A metric with its dimensions, or an expression, as CloudWatch's dashboards have them. */
type Line = (string | Record<string, string>)[];

interface Graph {
  title: string;
  metrics: Line[];
  stat?: string;
}

/** By CloudFormation. */
const filledIn = (name: string): string => `\${${name}}`;

const [width, height] = [12, 6];

/** Two beside each other. */
const widget = ({ title, metrics, stat }: Graph, at: number): object => ({
  type: 'metric',
  x: (at % 2) * width,
  y: Math.floor(at / 2) * height,
  width,
  height,
  properties: {
    title,
    region: filledIn('AWS::Region'),
    period: 60,
    ...(stat === undefined ? {} : { stat }),
    metrics,
  },
});

const graphsOf = (functions: readonly string[], naming: StageNaming): Graph[] => {
  const service = serviceName(naming.stage);
  const found = (metric: MetricName, stat: string): string =>
    `SEARCH('{${metricNamespace},service,function} service="${service}" MetricName="${metric}"', '${stat}')`;
  const sum = (metric: MetricName, label: string): Line => [
    { expression: `SUM(${found(metric, 'Sum')})`, label },
  ];
  const ofRelay = (metric: MetricName): Line => [
    ...[metricNamespace, metric, 'service', service, 'function', functionName(naming, relayKey)],
  ];
  const ofFunctions = (metric: string): Line[] =>
    functions.map((key) => ['AWS/Lambda', metric, 'FunctionName', functionName(naming, key)]);
  const ofGateway = (metric: string, more: Record<string, string>): Line => [
    ...['AWS/ApiGateway', metric, 'ApiId', filledIn('HttpApi')],
    more,
  ];
  const right = { yAxis: 'right' };
  return [
    {
      title: 'Events: published, applied, failed',
      metrics: [
        sum('EventsPublished', 'published'),
        sum('EventsApplied', 'applied'),
        sum('Failures', 'failed'),
      ],
    },
    { title: 'Lag from commit to read model, p99', metrics: [[{ expression: found('Lag', 'p99') }]] },
    {
      title: 'Backlog, and age of the oldest pending event',
      stat: 'Maximum',
      metrics: [ofRelay('Backlog'), [...ofRelay('OldestPendingMs'), right]],
    },
    {
      title: 'Dead letters',
      stat: 'Maximum',
      metrics: catalogue.queueNames.map((queue) => [
        ...['AWS/SQS', 'ApproximateNumberOfMessagesVisible'],
        ...['QueueName', `${naming.queuePrefix}-${queue}-dlq`],
      ]),
    },
    {
      title: 'Requests and their latency, p99',
      metrics: [
        ofGateway('Count', { stat: 'Sum' }),
        ofGateway('5xx', { stat: 'Sum' }),
        ofGateway('Latency', { stat: 'p99', ...right }),
      ],
    },
    {
      title: 'Functions: errors and throttles',
      stat: 'Sum',
      metrics: [...ofFunctions('Errors'), ...ofFunctions('Throttles')],
    },
  ];
};

export const dashboardOf = (
  { functions }: Pick<Service, 'functions'>,
  naming: StageNaming,
): Record<string, Resource> => ({
  Dashboard: {
    Type: 'AWS::CloudWatch::Dashboard',
    Properties: {
      DashboardName: `${naming.service}-${naming.stage}`,
      DashboardBody: {
        'Fn::Sub': JSON.stringify({ widgets: graphsOf(Object.keys(functions), naming).map(widget) }),
      },
    },
  },
});
