// The alarms that each queue and each function without a caller has; the system's own are in alarms.yml.
import { catalogue } from '../domains.ts';
import { type MetricName, metricNamespace, serviceName } from '../platform/metric-names.ts';

import type { Place } from './place.ts';
import { functionName, logicalId, type Resource, type Service } from './service.ts';

interface Alarm {
  description: string;
  namespace: string;
  metric: string;
  dimensions: Record<string, string>;
  statistic: 'Sum' | 'Maximum';
  minutes: number;
}

const alarm = ({ description, namespace, metric, dimensions, statistic, minutes }: Alarm): Resource => ({
  Type: 'AWS::CloudWatch::Alarm',
  Properties: {
    AlarmDescription: description,
    Namespace: namespace,
    MetricName: metric,
    Dimensions: Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value })),
    Statistic: statistic,
    Period: 60,
    EvaluationPeriods: minutes,
    Threshold: 0,
    ComparisonOperator: 'GreaterThanThreshold',
    TreatMissingData: 'notBreaching',
    AlarmActions: [{ Ref: 'AlarmTopic' }],
    OKActions: [{ Ref: 'AlarmTopic' }],
  },
});

const ofQueue = (queue: string, { queuePrefix }: Place): [string, Resource] => [
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

const ofFunction = (key: string, place: Place, consumes: boolean): [string, Resource][] => {
  const name = functionName(place, key);
  const lagOverContract: MetricName = 'LagOverContract';
  const errors = alarm({
    description: `${name} fails or times out.`,
    namespace: 'AWS/Lambda',
    metric: 'Errors',
    dimensions: { FunctionName: name },
    statistic: 'Sum',
    minutes: 1,
  });
  const lag = alarm({
    description: `${name} has applied messages later than READ_LAG_MS, five minutes running.`,
    namespace: metricNamespace,
    metric: lagOverContract,
    dimensions: { service: serviceName(place.stage), function: name },
    statistic: 'Sum',
    minutes: 5,
  });
  const id = logicalId(key);
  return [
    [`${id}ErrorsAlarm`, errors],
    ...(consumes ? [[`${id}LagAlarm`, lag] satisfies [string, Resource]] : []),
  ];
};

export const alarmsOf = (
  { functions }: Pick<Service, 'functions'>,
  place: Place,
): Record<string, Resource> => {
  // What fails before a caller's eyes is counted at the gateway.
  const silent = Object.entries(functions).filter(
    ([, { events = [] }]) => !events.some(({ httpApi }) => httpApi !== undefined),
  );
  return Object.fromEntries([
    ...catalogue.queueNames.map((queue) => ofQueue(queue, place)),
    ...silent.flatMap(([key, { events = [] }]) =>
      ofFunction(
        key,
        place,
        events.some(({ sqs }) => sqs !== undefined),
      ),
    ),
  ]);
};
