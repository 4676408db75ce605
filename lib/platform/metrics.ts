// Metrics as log lines in CloudWatch's Embedded Metric Format. The names stand in one list, which alarms and
// dashboards follow.
import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import { config } from './config.ts';

export const metricNamespace = 'Tandem';

/** The dimension that keeps stages apart. */
export const serviceName = (stage: string): string => `tandem-${stage}`;

const units = {
  Requests: MetricUnit.Count,
  ServerErrors: MetricUnit.Count,
  Latency: MetricUnit.Milliseconds,
  EventsPublished: MetricUnit.Count,
  EventsRefused: MetricUnit.Count,
  EventsParked: MetricUnit.Count,
  RelayHeartbeat: MetricUnit.Count,
  Backlog: MetricUnit.Count,
  OldestPendingMs: MetricUnit.Milliseconds,
  EventsApplied: MetricUnit.Count,
  Duplicates: MetricUnit.Count,
  Failures: MetricUnit.Count,
  DeadLetters: MetricUnit.Count,
  Lag: MetricUnit.Milliseconds,
  LagOverContract: MetricUnit.Count,
  Healed: MetricUnit.Count,
  Redriven: MetricUnit.Count,
  Rebuilt: MetricUnit.Count,
} as const;

export type MetricName = keyof typeof units;

export const isMetric = (name: string): name is MetricName => Object.hasOwn(units, name);

/** Writes one line with all the values; a list of values is a distribution. */
export const emitMetrics = (
  functionName: string,
  values: Partial<Record<MetricName, number | number[]>>,
): void => {
  // One instance a line: instances collect until published, and a container may serve several calls at once locally.
  const metrics = new Metrics({
    namespace: metricNamespace,
    serviceName: serviceName(config.STAGE),
    defaultDimensions: { function: functionName },
  });
  for (const [name, value] of Object.entries(values)) {
    for (const one of [value].flat()) metrics.addMetric(name, units[name as MetricName], one);
  }
  metrics.publishStoredMetrics();
};
