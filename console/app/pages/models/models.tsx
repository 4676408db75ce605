import { useEffect, useState } from 'preact/hooks';
import { countsOf, hasEnded, locationOf } from '../../api/actions.ts';
import { get } from '../../api/client.ts';
import type { Action, ActionList, System } from '../../api/types.ts';
import { type Running, useAction } from '../../live/action.ts';
import { usePoll } from '../../live/poll.ts';
import { useSystem } from '../../live/system.ts';
import { Confirm } from '../../view/confirm.tsx';
import { Failure, Loading } from '../../view/empty.tsx';
import { count } from '../../view/format.ts';
import { Invoke } from '../../view/invoke.tsx';
import { Progress } from '../../view/progress.tsx';
import { State } from '../../view/state.tsx';
import { Ago } from '../../view/time.tsx';
import type { PageProps } from '../pages.tsx';
import { Replays } from './replays.tsx';

type Model = System['domains'][number]['read_models'][number];

/** The last one of a kind that was about this target. */
const lastOf = (actions: readonly Action[], kinds: Action['kind'][], target: string): Action | undefined =>
  actions.find((action) => kinds.includes(action.kind) && action.target === target);

type Result = Action['result'];

/** What a check has found about one read model: a check of all has a list. */
const partOf = (result: Result, projection: string): Result =>
  Array.isArray(result) ? (result.find((part) => part['projection'] === projection) ?? null) : result;

interface Check {
  drift: number;
  at: string;
}

const lastCheck = (actions: readonly Action[], projection: string): Check | undefined => {
  for (const { kind, target, result, ended_at } of actions) {
    if (kind !== 'dry_run' || ended_at === null || !['all', projection].includes(target)) continue;
    const part = partOf(result, projection);
    if (part === null) continue;
    const { altered = 0, missing = 0, surplus = 0 } = countsOf(part);
    return { drift: altered + missing + surplus, at: ended_at };
  }
  return undefined;
};

const tellDrift = (drift: number): string => {
  if (drift === 0) return 'no drift';
  return drift === 1 ? '1 document differs' : `${count(drift)} documents differ`;
};

const Drift = ({ check }: { check: Check | undefined }) => {
  if (check === undefined) return <span class="soft">drift not checked lately</span>;
  const { drift, at } = check;
  return (
    <span>
      <State kind={drift === 0 ? 'good' : 'late'} word={tellDrift(drift)} />{' '}
      <span class="soft">
        checked <Ago at={at} />
      </span>
    </span>
  );
};

const useRun = (
  shown: Action | undefined,
  onStarted: () => void,
): { running: Running; current: Action | undefined } => {
  const running = useAction(onStarted);
  const own = running.started?.action;
  // The list knows more of it once it has it.
  const isNews = own !== undefined && own.id !== shown?.id;
  const isNewer = isNews && (shown === undefined || own.requested_at >= shown.requested_at);
  return { running, current: isNewer ? own : shown };
};

const ReadModel = ({
  model,
  actions,
  again,
}: {
  model: Model;
  actions: readonly Action[];
  again(): void;
}) => {
  const { projection, collection, schema_version, documents } = model;
  const [asks, setAsks] = useState(false);
  const { running, current } = useRun(lastOf(actions, ['rebuild', 'dry_run'], projection), again);
  const isRunning = current !== undefined && !hasEnded(current);
  // What ran while the page was open stays to be read.
  const [seen, setSeen] = useState(false);
  useEffect(() => {
    if (isRunning) setSeen(true);
  }, [isRunning]);
  const rebuild = (): void => {
    setAsks(false);
    running.begin('/ops/rebuilds', { projection });
  };
  return (
    <article class="document model">
      <header>
        <h3>{projection}</h3>
        <span>
          <span class="strong">{count(documents)}</span> {documents === 1 ? 'document' : 'documents'}
        </span>
        <Drift check={lastCheck(actions, projection)} />
        <span class="soft">
          {collection}, schema version {schema_version}
        </span>
        <p class="buttons">
          <button
            type="button"
            disabled={isRunning || running.isBusy}
            onClick={() => running.begin('/ops/rebuilds', { projection, dry_run: true })}
          >
            Check<span class="unseen"> {projection}</span> for drift
          </button>
          <button type="button" disabled={isRunning || running.isBusy} onClick={() => setAsks(true)}>
            Rebuild<span class="unseen"> {projection}</span> …
          </button>
        </p>
      </header>
      {running.error !== undefined && <Failure error={running.error} />}
      {current !== undefined && (isRunning || seen) && (
        <Progress key={current.id} location={locationOf(current)} first={current} onEnd={again} />
      )}
      {asks && (
        <Confirm
          title={`Rebuild ${projection}?`}
          action="Rebuild"
          onCancel={() => setAsks(false)}
          onConfirm={rebuild}
        >
          <p>
            Each of about {count(documents)} documents is computed anew and compared; only what differs is
            written. Readers see a whole model all the time.
          </p>
          <Invoke name="rebuild" data={{ projection }} />
        </Confirm>
      )}
    </article>
  );
};

export const ReadModels = ({ query }: PageProps) => {
  const { data: system, error } = useSystem();
  const { data: list, again } = usePoll(
    'actions',
    (signal) => get<ActionList>('/ops/actions', { limit: 100 }, signal),
    5_000,
  );
  const actions = list?.items ?? [];
  return (
    <>
      <div class="page-head">
        <h1 tabIndex={-1}>Read models</h1>
      </div>
      {error !== undefined && !error.isAway && <Failure error={error} />}
      {(system === undefined || list === undefined) && error === undefined && <Loading />}
      {system !== undefined && list !== undefined && (
        <>
          {system.domains
            .filter(({ read_models }) => read_models.length > 0)
            .map(({ name, read_models }) => (
              <section key={name} aria-label={name}>
                <h2>{name}</h2>
                {read_models.map((model) => (
                  <ReadModel key={model.projection} model={model} actions={actions} again={again} />
                ))}
              </section>
            ))}
          <Replays system={system} actions={actions} chosen={query['subscription']} again={again} />
        </>
      )}
    </>
  );
};
