// What the drawing says of the figures, in words and kinds.
import type { Metrics } from '../../api/types.ts';
import type { Sample } from '../../live/metrics.ts';
import { ago, count, counted, duration } from '../../view/format.ts';
import type { Kind } from '../../view/state.tsx';
import type { Row } from './rows.ts';

export interface Told {
  kind: Kind;
  word: string;
}

/** Events recorded a second, between one answer and the one before it. */
export const eventsPerSecond = (samples: readonly Sample[]): { at: number; value: number }[] =>
  samples.slice(1).map((one, index) => {
    const before = samples[index] ?? one;
    const seconds = (Date.parse(one.metrics.at) - Date.parse(before.metrics.at)) / 1_000;
    const events = one.metrics.last_position - before.metrics.last_position;
    return { at: one.at, value: seconds > 0 ? Math.max(0, events / seconds) : 0 };
  });

const where = [
  ['pending', 'pending'],
  ['parked', 'parked'],
  ['dead', 'dead'],
  ['retrying', 'being retried'],
  ['waiting', 'waiting'],
] as const;

/** `12 behind, oldest 3.4 s: 10 waiting, 2 dead`. */
export const tellBehind = (behind: Metrics['behind']): string => {
  const parts = where.flatMap(([key, word]) => (behind[key] > 0 ? `${count(behind[key])} ${word}` : []));
  const events = `${behind.at_least ? 'at least ' : ''}${count(behind.events)}`;
  return `${events} behind, oldest ${duration(behind.oldest_ms)}: ${parts.join(', ')}`;
};

export const tellRow = ({ kind, figures }: Row): Told => {
  if (figures.silent) return { kind: 'bad', word: 'takes nothing from its queue' };
  if (kind === 'commands') return { kind: 'good', word: 'its commands go to the log' };
  if (figures.behind.events > 0) return { kind: 'late', word: tellBehind(figures.behind) };
  if (!figures.within_contract) return { kind: 'late', word: 'out of contract' };
  return { kind: 'good', word: 'within contract' };
};

export const tellQueue = ({ figures }: Row): Told => {
  const { waiting, in_flight, dead_letters } = figures;
  if (waiting === null || in_flight === null) return { kind: 'bad', word: 'queue not reached' };
  if ((dead_letters ?? 0) > 0) return { kind: 'bad', word: counted(dead_letters ?? 0, 'dead letter') };
  return { kind: 'idle', word: 'no dead letters' };
};

const recentMs = 6_000;

/** Whether something goes through this row now. */
export const isMoving = ({ figures }: Row, at: string): boolean => {
  const heardMs = figures.heard_at === null ? Infinity : Date.parse(at) - Date.parse(figures.heard_at);
  return (figures.in_flight ?? 0) > 0 || (heardMs < recentMs && figures.lag.count > 0);
};

const relayKinds = { awake: 'good', asleep: 'idle', silent: 'bad' } as const;

/** Its state, and when it was last heard of. */
export const tellRelay = ({ relay, at }: Metrics): Told => {
  const kind = relayKinds[relay.state];
  if (relay.heard_at === null) return { kind, word: 'never heard of' };
  return { kind, word: `last beat ${ago(Math.max(0, Date.parse(at) - Date.parse(relay.heard_at)))}` };
};

/** Everything that is out of contract, one line each, worst first. */
export const findFaults = (metrics: Metrics): Told[] => {
  const faults: Told[] = [];
  if (metrics.relay.state === 'silent')
    faults.push({ kind: 'bad', word: 'The relay is silent while events wait for it' });
  if (metrics.reconcile.state === 'silent')
    faults.push({ kind: 'late', word: 'Reconcile should have run within the last minutes, and did not' });
  for (const { queue, silent } of metrics.command_queues)
    if (silent) faults.push({ kind: 'bad', word: `${queue} takes nothing from its queue` });
  for (const one of metrics.subscriptions) {
    if (one.waiting === null)
      faults.push({ kind: 'bad', word: `The queue of ${one.subscription} does not answer` });
    if (one.silent) faults.push({ kind: 'bad', word: `${one.subscription} takes nothing from its queue` });
    if (one.behind.events > 0)
      faults.push({ kind: 'late', word: `${one.subscription}: ${tellBehind(one.behind)}` });
  }
  return faults;
};
