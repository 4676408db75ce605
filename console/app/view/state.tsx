// A state is told by its word and its shape; colour only helps.
export type Kind = 'good' | 'busy' | 'late' | 'bad' | 'idle';

const shapes: Record<Kind, string> = {
  good: 'M6 1.5a4.5 4.5 0 1 1 0 9a4.5 4.5 0 1 1 0-9z',
  busy: 'M6 1.5a4.5 4.5 0 1 1 0 9a4.5 4.5 0 1 1 0-9z M6 1.5a4.5 4.5 0 0 1 0 9z',
  late: 'M6 1 11.3 10.5H.7z',
  bad: 'M1.5 1.5h9v9h-9z',
  idle: 'M1.5 5.25h9v1.5h-9z',
};

/** The shape alone, for drawings: its word must stand beside it. */
export const Mark = ({ kind, x = 0, y = 0 }: { kind: Kind; x?: number; y?: number }) => (
  <path class={`mark mark-${kind}`} d={shapes[kind]} transform={`translate(${x} ${y})`} />
);

export const State = ({ kind, word }: { kind: Kind; word: string }) => (
  <span class={`state state-${kind}`}>
    <svg viewBox="0 0 12 12" width="10" height="10" aria-hidden="true">
      <Mark kind={kind} />
    </svg>
    {word}
  </span>
);
