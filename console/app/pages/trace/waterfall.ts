// A trace as rows of bars: what each step waited for, on one scale of milliseconds.
import type { Trace, TraceStep } from '../../api/types.ts';
import type { Kind } from '../../view/state.tsx';

export interface Bar {
  key: string;
  /** 0: what was asked; 1: an event; 2: a subscriber of that event. */
  depth: 0 | 1 | 2;
  what: string;
  word: string;
  kind: Kind;
  fromMs: number;
  /** Null: it has not happened yet. */
  toMs: number | null;
  event_id: string | null;
  stream_id: string | null;
  version: number | null;
  error: string | null;
}

const known = (step: TraceStep | undefined): number | undefined => step?.ms ?? undefined;

const kinds: Partial<Record<TraceStep['step'], Kind>> = {
  applied: 'good',
  retrying: 'late',
  dead: 'bad',
  parked: 'bad',
  owed: 'busy',
};

const words: Partial<Record<TraceStep['step'], string>> = {
  retrying: 'being retried',
  owed: 'not yet',
};

const idsOf = ({ event_id, stream_id, version }: TraceStep) => ({ event_id, stream_id, version });

/** One bar for what was asked: from its coming in to the first event that its command recorded. */
const askBar = (step: TraceStep, recorded: readonly TraceStep[], index: number): Bar => {
  const ends = recorded.filter(({ command_id }) => command_id !== null && command_id === step.command_id);
  const end = ends[0] ?? (step.command_id === null ? recorded[0] : undefined);
  return {
    key: `ask-${index}`,
    depth: 0,
    what: 'Request',
    word: 'received',
    kind: 'idle',
    fromMs: step.ms ?? 0,
    toMs: known(end) ?? step.ms,
    ...idsOf(step),
    error: step.error,
  };
};

const eventBars = (recorded: TraceStep, steps: readonly TraceStep[]): Bar[] => {
  const own = steps.filter(({ event_id }) => event_id === recorded.event_id);
  const published = own.find(({ step }) => step === 'published');
  const parked = own.find(({ step }) => step === 'parked');
  const fromMs = recorded.ms ?? 0;
  const publishedMs = known(published);
  const bar: Bar = {
    key: `event-${recorded.event_id}`,
    depth: 1,
    what: recorded.type ?? 'Event',
    word: parked ? 'parked' : publishedMs === undefined ? 'pending' : 'published',
    kind: parked ? 'bad' : publishedMs === undefined ? 'busy' : 'good',
    fromMs,
    toMs: known(parked) ?? publishedMs ?? null,
    ...idsOf(recorded),
    error: parked?.error ?? null,
  };
  const atSubscribers = own.filter(({ subscription, step }) => subscription !== null && step in kinds);
  return [
    bar,
    ...atSubscribers.map((step) => ({
      key: `${recorded.event_id}-${step.subscription}-${step.step}`,
      depth: 2 as const,
      what: step.subscription ?? '',
      word: words[step.step] ?? step.step,
      kind: kinds[step.step] ?? 'idle',
      fromMs: publishedMs ?? fromMs,
      toMs: step.ms,
      ...idsOf(step),
      error: step.error,
    })),
  ];
};

export const barsOf = ({ steps }: Trace): Bar[] => {
  const recorded = steps.filter(({ step }) => step === 'recorded');
  return [
    ...steps.filter(({ step }) => step === 'received').map((step, index) => askBar(step, recorded, index)),
    ...recorded.flatMap((step) => eventBars(step, steps)),
  ];
};

/** Round numbers of milliseconds for the scale, from 0 to at least `ms`. */
export const scaleOf = (ms: number): number[] => {
  const rough = Math.max(ms, 1) / 4;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((one) => one >= rough) ?? rough;
  return Array.from({ length: Math.ceil(Math.max(ms, 1) / step) + 1 }, (_, index) => index * step);
};
