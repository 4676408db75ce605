import { useState } from 'preact/hooks';
import { countsOf, hasEnded, stop } from '../api/actions.ts';
import { type ApiError, get } from '../api/client.ts';
import type { Action } from '../api/types.ts';
import { usePoll } from '../live/poll.ts';
import { to } from '../router.ts';
import { Failure } from './empty.tsx';
import { count, duration, inline, rate } from './format.ts';
import { Shell } from './invoke.tsx';
import { type Kind, State } from './state.tsx';

const kinds: Record<Action['state'], Kind> = {
  requested: 'busy',
  running: 'busy',
  stopping: 'busy',
  done: 'good',
  stopped: 'idle',
  failed: 'bad',
  cut_off: 'late',
};

const words: Partial<Record<Action['state'], string>> = {
  cut_off: 'cut off: it can safely be started again',
};

export const ActionState = ({ action: { state } }: { action: Action }) => (
  <State kind={kinds[state]} word={words[state] ?? state} />
);

const unitOf = ({ kind }: Action): string => {
  if (kind === 'redrive' || kind === 'discard') return 'dead letters';
  if (kind === 'unpark' || kind === 'replay') return 'events';
  return 'aggregates';
};

// Counts of something else than what was done: they stand elsewhere.
const untold = ['duration_ms', 'from', 'position'];

/** `50,213 scanned, 2 altered`: the counts of a result, those that are zero left out. */
export const tellResult = (result: Action['result']): string => {
  const parts = Object.entries(countsOf(result))
    .filter(([name, value]) => value !== 0 && !untold.includes(name))
    .map(([name, value]) => `${count(value)} ${name.replaceAll('_', ' ')}`);
  return parts.length === 0 ? 'nothing to do' : parts.join(', ');
};

const Bar = ({ action }: { action: Action }) => {
  const { done, total, per_second, remaining_ms } = action.progress;
  const share = total === null || total === 0 ? undefined : Math.min(1, done / total);
  return (
    <div class="progress">
      <div
        class="progress-bar"
        role="progressbar"
        aria-label={`${action.kind.replace('_', ' ')} of ${action.target}`}
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={share === undefined ? undefined : Math.round(share * 100)}
      >
        <div style={{ width: `${(share ?? 0) * 100}%` }} />
      </div>
      <p class="progress-figures">
        <span>
          {count(done)}
          {total === null ? '' : ` of about ${count(total)}`} {unitOf(action)}
        </span>
        <span>{per_second === null ? '' : `${rate(per_second)} a second`}</span>
        <span>{remaining_ms === null ? '' : `${duration(remaining_ms)} left`}</span>
      </p>
    </div>
  );
};

const StopButton = ({ action, onStopped }: { action: Action; onStopped(): void }) => {
  const [error, setError] = useState<ApiError>();
  return (
    <>
      <button
        type="button"
        onClick={() => {
          stop(action).then(onStopped, setError);
        }}
      >
        Stop
      </button>
      {error !== undefined && <Failure error={error} />}
    </>
  );
};

/** One action, watched until it has ended: a bar while it runs, then what became of it. */
export const Progress = ({ location, first, onEnd }: { location: string; first: Action; onEnd?(): void }) => {
  const { data, again } = usePoll(
    location,
    async (signal) => {
      const action = await get<Action>(location, {}, signal);
      if (hasEnded(action)) onEnd?.();
      return action;
    },
    (action) => (hasEnded(action) ? undefined : 500),
  );
  const action = data ?? first;
  return (
    <div class="action" role="status">
      <p class="action-line">
        <ActionState action={action} />
        {action.result !== null && hasEnded(action) && <span>{tellResult(action.result)}</span>}
        {action.error !== null && <span class="data">{inline(action.error, 400)}</span>}
        {hasEnded(action) && <a href={to('actions', { kind: action.kind })}>on record</a>}
        {action.stop_command !== null && <StopButton action={action} onStopped={again} />}
      </p>
      {!hasEnded(action) && <Bar action={action} />}
      <Shell command={action.command} about="The same from a shell" />
      {action.stop_command !== null && <Shell command={action.stop_command} about="To stop it" />}
    </div>
  );
};
