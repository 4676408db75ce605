import type { Backlog, SubscriptionMetrics } from './observe.ts';
import type { Sample } from './prometheus.ts';

export interface MetricsReport {
  backlog: Backlog;
  subscriptions: SubscriptionMetrics[];
  read_lag_ms: number;
  within_contract: boolean;
}

const ofSubscription = ({
  subscription,
  waiting,
  in_flight,
  dead_letters,
  lag,
  within_contract,
}: SubscriptionMetrics): Sample[] => {
  const labels = { subscription };
  const quantile = (q: string, value: number): Sample => ({
    name: 'tandem_lag_milliseconds',
    help: 'Time from the recording of an event to its effect, over the last minutes.',
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
    {
      name: 'tandem_lag_within_contract',
      help: '1 where p99 is within READ_LAG_MS.',
      labels,
      value: Number(within_contract),
    },
  ];
};

export const toSamples = ({ backlog, subscriptions }: MetricsReport): Sample[] => [
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
];
