import type { RebuildProgress } from '../core/repair/rebuild.ts';
import type { Backlog, QueueMetrics, SubscriptionMetrics } from './observe.ts';
import type { Sample } from './prometheus.ts';

export interface MetricsReport {
  backlog: Backlog;
  subscriptions: SubscriptionMetrics[];
  command_queues: QueueMetrics[];
  rebuilds: RebuildProgress[];
  read_lag_ms: number;
  within_contract: boolean;
}

const ofQueue = (
  labels: Record<string, string>,
  { waiting, in_flight, dead_letters, lag }: Omit<QueueMetrics, 'queue'>,
): Sample[] => {
  const quantile = (q: string, value: number | null): Sample => ({
    name: 'tandem_lag_milliseconds',
    help: 'Time from the recording of an event, or the sending of a command, to its effect, over the last minutes.',
    labels: { ...labels, quantile: q },
    value,
  });
  return [
    { name: 'tandem_queue_waiting', help: 'Messages waiting in the queue.', labels, value: waiting },
    { name: 'tandem_queue_in_flight', help: 'Messages being worked on.', labels, value: in_flight },
    { name: 'tandem_dead_letters', help: 'Messages in the dead-letter queue.', labels, value: dead_letters },
    quantile('0.5', lag.p50_ms),
    quantile('0.95', lag.p95_ms),
    quantile('0.99', lag.p99_ms),
  ];
};

const ofSubscription = ({ subscription, within_contract, ...measured }: SubscriptionMetrics): Sample[] => {
  const labels = { subscription };
  return [
    ...ofQueue(labels, measured),
    {
      name: 'tandem_lag_within_contract',
      help: '1 where p99 is within READ_LAG_MS.',
      labels,
      value: Number(within_contract),
    },
  ];
};

const ofRebuild = ({ projection, scanned, done }: RebuildProgress): Sample[] => [
  {
    name: 'tandem_rebuild_scanned',
    help: 'Aggregates that the last rebuild has looked at.',
    labels: { projection },
    value: scanned,
  },
  {
    name: 'tandem_rebuild_done',
    help: '1 where the last rebuild is through.',
    labels: { projection },
    value: Number(done),
  },
];

export const toSamples = ({ backlog, subscriptions, command_queues, rebuilds }: MetricsReport): Sample[] => [
  {
    name: 'tandem_pending_events',
    help: 'Events that are not in all their queues yet.',
    value: backlog.pending,
  },
  {
    name: 'tandem_oldest_pending_milliseconds',
    help: 'Age of the oldest pending event.',
    value: backlog.oldest_pending_ms,
  },
  { name: 'tandem_parked_events', help: 'Events that a queue refused for good.', value: backlog.parked },
  ...subscriptions.flatMap(ofSubscription),
  ...rebuilds.flatMap(ofRebuild),
  ...command_queues.flatMap(({ queue, ...measured }) => ofQueue({ queue }, measured)),
];
