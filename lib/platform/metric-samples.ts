// The report of /metrics as Prometheus samples.
import type { Behind } from '../core/observe/behind.ts';
import type { RebuildProgress } from '../core/repair/rebuild.ts';
import type { Sample } from './prometheus.ts';
import type { CommandQueueReport, SubscriptionReport, SystemReport } from './system-report.ts';

type Labels = Record<string, string>;

const ofQueue = (
  labels: Labels,
  { waiting, in_flight, dead_letters, lag, silent }: Omit<CommandQueueReport, 'queue'>,
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
    {
      name: 'tandem_consumer_silent',
      help: '1 if messages wait and the consumer is not heard of.',
      labels,
      value: Number(silent),
    },
    quantile('0.5', lag.p50_ms),
    quantile('0.95', lag.p95_ms),
    quantile('0.99', lag.p99_ms),
  ];
};

const places = ['pending', 'parked', 'dead', 'retrying', 'waiting'] as const;

const ofBehind = (labels: Labels, behind: Behind, isWithin: boolean): Sample[] => [
  ...places.map((place) => ({
    name: 'tandem_behind_events',
    help: 'Events that have not taken effect past READ_LAG_MS, by where they are.',
    labels: { ...labels, place },
    value: behind[place],
  })),
  {
    name: 'tandem_behind_oldest_milliseconds',
    help: 'Age of the oldest event that has not taken effect past READ_LAG_MS.',
    labels,
    value: behind.oldest_ms,
  },
  {
    name: 'tandem_subscription_within_contract',
    help: '1 if every event has taken effect within READ_LAG_MS.',
    labels,
    value: Number(isWithin),
  },
];

const ofSubscription = ({ subscription, ...measured }: SubscriptionReport): Sample[] => {
  const labels = { subscription };
  return [...ofQueue(labels, measured), ...ofBehind(labels, measured.behind, measured.within_contract)];
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
    help: '1 if the last rebuild is through.',
    labels: { projection },
    value: Number(done),
  },
];

export const toSamples = (report: SystemReport): Sample[] => [
  {
    name: 'tandem_pending_events',
    help: 'Events that are not in all their queues yet.',
    value: report.backlog.pending,
  },
  {
    name: 'tandem_oldest_pending_milliseconds',
    help: 'Age of the oldest pending event.',
    value: report.backlog.oldest_pending_ms,
  },
  {
    name: 'tandem_parked_events',
    help: 'Events that a queue refused for good.',
    value: report.backlog.parked,
  },
  { name: 'tandem_last_position', help: 'Position of the newest event.', value: report.last_position },
  {
    name: 'tandem_read_lag_milliseconds',
    help: 'READ_LAG_MS: how old a read model may be.',
    value: report.read_lag_ms,
  },
  {
    name: 'tandem_within_contract',
    help: '1 if every event has taken effect everywhere within READ_LAG_MS.',
    value: Number(report.within_contract),
  },
  {
    name: 'tandem_relay_silent',
    help: '1 if events pend and no relay is heard of.',
    value: Number(report.relay.state === 'silent'),
  },
  {
    name: 'tandem_reconcile_silent',
    help: '1 if reconcile is not heard of.',
    value: Number(report.reconcile.state === 'silent'),
  },
  ...report.subscriptions.flatMap(ofSubscription),
  ...report.rebuilds.flatMap(ofRebuild),
  ...report.command_queues.flatMap(({ queue, ...measured }) => ofQueue({ queue }, measured)),
];
