import { useState } from 'preact/hooks';
import { hasEnded, locationOf } from '../../api/actions.ts';
import type { Action, System } from '../../api/types.ts';
import { useAction } from '../../live/action.ts';
import { Confirm } from '../../view/confirm.tsx';
import { Failure } from '../../view/empty.tsx';
import { Invoke } from '../../view/invoke.tsx';
import { Progress } from '../../view/progress.tsx';

interface ReplaysProps {
  system: System;
  actions: readonly Action[];
  chosen: string | undefined;
  again(): void;
}

/** Feeds a subscriber from the log. */
export const Replays = ({ system, actions, chosen, again }: ReplaysProps) => {
  const names = system.domains.flatMap(({ subscribers }) =>
    subscribers.map(({ subscription }) => subscription),
  );
  const [subscription, setSubscription] = useState(chosen ?? names[0] ?? '');
  const [from, setFrom] = useState('0');
  const [asks, setAsks] = useState(false);
  const running = useAction(again);
  const started = running.started?.action;
  const others = actions.filter((one) => one.kind === 'replay' && !hasEnded(one) && one.id !== started?.id);
  const shown = started === undefined ? others : [started, ...others];
  const position = Number(from);
  const isValid = from !== '' && Number.isInteger(position) && position >= 0;
  const submit = (event: Event): void => {
    event.preventDefault();
    if (isValid) setAsks(true);
  };
  const replay = (): void => {
    setAsks(false);
    running.begin('/ops/replays', { subscription, from: position });
  };
  return (
    <section aria-labelledby="replays">
      <h2 id="replays">Replays</h2>
      <p class="soft">
        Feeds a subscriber the log again from a position on. What it has applied before, it does not apply
        twice.
      </p>
      <form class="filters replay" onSubmit={submit}>
        <label>
          <span>Subscriber</span>
          <select value={subscription} onChange={(event) => setSubscription(event.currentTarget.value)}>
            {names.map((name) => (
              <option key={name} value={name}>
                {name}
              </option>
            ))}
          </select>
        </label>
        <label>
          <span>From position</span>
          <input
            inputMode="numeric"
            value={from}
            aria-invalid={!isValid}
            onInput={(event) => setFrom(event.currentTarget.value.trim())}
          />
        </label>
        <button type="submit" disabled={!isValid}>
          Replay …
        </button>
      </form>
      {running.error !== undefined && <Failure error={running.error} />}
      {shown.map((action) => (
        <div key={action.id}>
          <h3>{action.target}</h3>
          <Progress location={locationOf(action)} first={action} onEnd={again} />
        </div>
      ))}
      {asks && (
        <Confirm
          title={`Replay the log to ${subscription}?`}
          action="Replay"
          onCancel={() => setAsks(false)}
          onConfirm={replay}
        >
          <p>
            From position {position} to the end of the log. It can be stopped, and started again where it was.
          </p>
          <Invoke name="replay" data={{ subscription, from: position }} />
        </Confirm>
      )}
    </section>
  );
};
