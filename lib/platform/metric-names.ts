// The one list of metrics: code, alarms and dashboard follow it, and a test holds them together.

export const metricNamespace = 'Tandem';

/** The value of the dimension `service`, which keeps stages apart; the other dimension is `function`. */
export const serviceName = (stage: string): string => `tandem-${stage}`;

export const metricUnits = {
  Requests: 'Count',
  ServerErrors: 'Count',
  Latency: 'Milliseconds',
  EventsPublished: 'Count',
  EventsRefused: 'Count',
  EventsParked: 'Count',
  Behind: 'Count',
  OldestBehindMs: 'Milliseconds',
  Backlog: 'Count',
  OldestPendingMs: 'Milliseconds',
  EventsApplied: 'Count',
  EffectsFired: 'Count',
  Duplicates: 'Count',
  Failures: 'Count',
  DeadLetters: 'Count',
  Lag: 'Milliseconds',
  LagOverContract: 'Count',
  Healed: 'Count',
  Redriven: 'Count',
  Rebuilt: 'Count',
  Replayed: 'Count',
  Discarded: 'Count',
  IndexesMs: 'Milliseconds',
} as const;

export type MetricName = keyof typeof metricUnits;

/** What hardly ever happens: if there was nothing to count, the metric is left out, and nobody pays for it. */
export const rareMetrics: ReadonlySet<MetricName> = new Set([
  'ServerErrors',
  'EventsRefused',
  'EventsParked',
  'Duplicates',
  'Failures',
  'DeadLetters',
  'LagOverContract',
  'Healed',
] satisfies MetricName[]);

export const isMetric = (name: string): name is MetricName => Object.hasOwn(metricUnits, name);
