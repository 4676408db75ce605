// The figures of /metrics as Prometheus reads them. Source: lib/platform/metric-samples.ts, prometheus.ts.
import { expect, test } from 'vitest';
import { toSamples } from '../../lib/platform/metric-samples.ts';
import { toPrometheus } from '../../lib/platform/prometheus.ts';
import type { SystemReport } from '../../lib/platform/system-report.ts';

const now = new Date(0);
const behind = {
  ...{ events: 15, oldest_ms: 900, pending: 1, parked: 2, dead: 3, retrying: 4, waiting: 5 },
  ...{ oldest_waiting_ms: 700, at_least: false },
};
const queue = (first: number) => ({
  ...{ waiting: first, in_flight: first + 1, dead_letters: first + 2 },
  lag: { count: 9, p50_ms: first + 3, p95_ms: first + 4, p99_ms: first + 5 },
  heard_at: now,
});

/** Each figure another, so that none can stand in for its neighbour. */
const report: SystemReport = {
  ...{ at: now, within_contract: false, read_lag_ms: 500, last_position: 77, behind },
  backlog: { pending: 11, oldest_pending_ms: 1_200, parked: 13 },
  relay: { state: 'silent', heard_at: null },
  reconcile: { state: 'awake', heard_at: now },
  subscriptions: [
    { subscription: 'a', ...queue(20), silent: true, behind, within_contract: false },
    {
      ...{ subscription: 'b', ...queue(30), waiting: null, silent: false, within_contract: true },
      behind: { ...behind, oldest_ms: 0, pending: 0 },
    },
  ],
  command_queues: [{ queue: 'c', ...queue(40), silent: false }],
  rebuilds: [
    { projection: 'p', scanned: 50, done: true },
    { projection: 'q', scanned: 51, done: false },
  ] as SystemReport['rebuilds'],
};

const valuesIn = (text: string): Record<string, number> =>
  Object.fromEntries(
    text
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('#'))
      .map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.slice(line.lastIndexOf(' ')))]),
  );

test('every figure of the report is a sample of its own', () => {
  const named = (labels: string, one: object) =>
    Object.fromEntries(
      Object.entries(one).map(([name, value]) => [
        name.includes('{') ? name.replace('{', `{${labels},`) : `${name}{${labels}}`,
        value,
      ]),
    );
  const ofQueue = (first: number, silent: number) => ({
    tandem_queue_waiting: first,
    tandem_queue_in_flight: first + 1,
    tandem_dead_letters: first + 2,
    tandem_consumer_silent: silent,
    'tandem_lag_milliseconds{quantile="0.5"}': first + 3,
    'tandem_lag_milliseconds{quantile="0.95"}': first + 4,
    'tandem_lag_milliseconds{quantile="0.99"}': first + 5,
  });
  const ofBehind = {
    'tandem_behind_events{place="pending"}': 1,
    'tandem_behind_events{place="parked"}': 2,
    'tandem_behind_events{place="dead"}': 3,
    'tandem_behind_events{place="retrying"}': 4,
    'tandem_behind_events{place="waiting"}': 5,
    tandem_behind_oldest_milliseconds: 900,
    tandem_subscription_within_contract: 0,
  };
  // A queue server that does not answer has no line: nobody must take what is unknown for nothing.
  const { tandem_queue_waiting: _, ...unknownWaiting } = ofQueue(30, 0);
  expect(valuesIn(toPrometheus(toSamples(report)))).toEqual({
    tandem_pending_events: 11,
    tandem_oldest_pending_milliseconds: 1_200,
    tandem_parked_events: 13,
    tandem_last_position: 77,
    tandem_read_lag_milliseconds: 500,
    tandem_within_contract: 0,
    tandem_relay_silent: 1,
    tandem_reconcile_silent: 0,
    ...named('subscription="a"', { ...ofQueue(20, 1), ...ofBehind }),
    ...named('subscription="b"', {
      ...unknownWaiting,
      ...ofBehind,
      'tandem_behind_events{place="pending"}': 0,
      tandem_behind_oldest_milliseconds: 0,
      tandem_subscription_within_contract: 1,
    }),
    ...named('projection="p"', { tandem_rebuild_scanned: 50, tandem_rebuild_done: 1 }),
    ...named('projection="q"', { tandem_rebuild_scanned: 51, tandem_rebuild_done: 0 }),
    ...named('queue="c"', ofQueue(40, 0)),
  });
});

test.each([
  ['awake', 'awake', [0, 0]],
  ['asleep', 'silent', [0, 1]],
] as const)('a relay that is %s and a reconcile that is %s are told apart', (relay, reconcile, told) => {
  const text = toPrometheus(
    toSamples({
      ...report,
      relay: { state: relay, heard_at: now },
      reconcile: { state: reconcile, heard_at: now },
    }),
  );
  const { tandem_relay_silent, tandem_reconcile_silent } = valuesIn(text);
  expect([tandem_relay_silent, tandem_reconcile_silent]).toEqual(told);
});

test('samples of one name stand together under its help and type, and what is in a label ends nothing', () => {
  const sample = (name: string, value: number | null, label: string) => ({
    ...{ name, help: `Of ${name}.`, value },
    labels: { one: label, two: 'x' },
  });
  expect(
    toPrometheus([
      sample('a', 1, 'say "hi"'),
      { name: 'b', help: 'Of b.', value: 0 },
      sample('a', 2, 'C:\\dir\nnext'),
      sample('none', null, ''),
    ]),
  ).toBe(
    [
      '# HELP a Of a.',
      '# TYPE a gauge',
      'a{one="say \\"hi\\"",two="x"} 1',
      'a{one="C:\\\\dir\\nnext",two="x"} 2',
      '# HELP b Of b.',
      '# TYPE b gauge',
      'b 0',
      '',
    ].join('\n'),
  );
});
