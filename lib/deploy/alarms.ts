// The alarms that each queue and each handler of queued commands has; the system's own are in alarms.yml.
import { catalogue } from '../domains.ts';
import { type MetricName, metricNamespace, serviceName } from '../platform/metric-names.ts';
import { consumedQueue } from './consumers.ts';
import { functionName, logicalId, type Resource, type Service } from './service.ts';
import type { StageNaming } from './stage-naming.ts';

interface Alarm {
  description: string;
  namespace: string;
  metric: string;
  dimensions: Record<string, string>;
  statistic: 'Sum' | 'Maximum';
  minutes: number;
  /** 0 if absent. */
  above?: number;
}

const alarm = ({
  description,
  namespace,
  metric,
  dimensions,
  statistic,
  minutes,
  above = 0,
}: Alarm): Resource => ({
  Type: 'AWS::CloudWatch::Alarm',
  Properties: {
    AlarmDescription: description,
    Namespace: namespace,
    MetricName: metric,
    Dimensions: Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value })),
    Statistic: statistic,
    Period: 60,
    EvaluationPeriods: minutes,
    Threshold: above,
    ComparisonOperator: 'GreaterThanThreshold',
    TreatMissingData: 'notBreaching',
    AlarmActions: [{ Ref: 'AlarmTopic' }],
    OKActions: [{ Ref: 'AlarmTopic' }],
  },
});

const ofDeadLetters = (queue: string, { queuePrefix }: StageNaming): [string, Resource] => [
  `${logicalId(queue)}DeadLettersAlarm`,
  alarm({
    description: `${queue} has dead letters: read their errors in dead_letters, mend the cause, redrive.`,
    namespace: 'AWS/SQS',
    metric: 'ApproximateNumberOfMessagesVisible',
    dimensions: { QueueName: `${queuePrefix}-${queue}-dlq` },
    statistic: 'Maximum',
    minutes: 1,
  }),
];

/** A command that has waited for so long has no consumer. Of a subscriber that is silent, BehindAlarm tells. */
const silentSeconds = 120;

const ofWaiting = (queue: string, { queuePrefix }: StageNaming): [string, Resource] => [
  `${logicalId(queue)}SilentAlarm`,
  alarm({
    description: `A command waits in ${queue}, and its consumer is not heard of.`,
    namespace: 'AWS/SQS',
    metric: 'ApproximateAgeOfOldestMessage',
    dimensions: { QueueName: `${queuePrefix}-${queue}` },
    statistic: 'Maximum',
    minutes: 3,
    above: silentSeconds,
  }),
];

/** How late events take effect, reconcile asks of each subscriber; of queued commands only their consumer knows. */
const ofCommands = (key: string, naming: StageNaming): [string, Resource] => {
  const name = functionName(naming, key);
  const metric: MetricName = 'LagOverContract';
  return [
    `${logicalId(key)}LagAlarm`,
    alarm({
      description: `${name} has handled commands later than READ_LAG_MS, five minutes running.`,
      namespace: metricNamespace,
      metric,
      dimensions: { service: serviceName(naming.stage), function: name },
      statistic: 'Sum',
      minutes: 5,
    }),
  ];
};

export const alarmsOf = (
  { functions }: Pick<Service, 'functions'>,
  naming: StageNaming,
): Record<string, Resource> => {
  const { queueNames, commandQueues } = catalogue;
  const handlers = Object.entries(functions).filter(([, definition]) =>
    commandQueues.some((queue) => queue === consumedQueue(definition)),
  );
  return Object.fromEntries([
    ...queueNames.map((queue) => ofDeadLetters(queue, naming)),
    ...commandQueues.map((queue) => ofWaiting(queue, naming)),
    ...handlers.map(([key]) => ofCommands(key, naming)),
  ]);
};
