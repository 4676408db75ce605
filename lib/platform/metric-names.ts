// The one list of metrics: code, alarms and dashboard follow it, and a test holds them together.
import { MetricUnit } from '@aws-lambda-powertools/metrics';

export const metricNamespace = 'Tandem';

/** The value of the dimension `service`, which keeps stages apart; the other dimension is `function`. */
export const serviceName = (stage: string): string => `tandem-${stage}`;

export const metricUnits = {
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

export type MetricName = keyof typeof metricUnits;

export const isMetric = (name: string): name is MetricName => Object.hasOwn(metricUnits, name);
