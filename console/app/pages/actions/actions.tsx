import { hasEnded } from '../../api/actions.ts';
import { get } from '../../api/client.ts';
import type { Action, ActionList } from '../../api/types.ts';
import { useAction } from '../../live/action.ts';
import { usePoll } from '../../live/poll.ts';
import { setQuery, to } from '../../router.ts';
import { Copy } from '../../view/copy.tsx';
import { Empty, Failure, Loading } from '../../view/empty.tsx';
import { Filters, Select } from '../../view/filters.tsx';
import { count, duration, inline, visible } from '../../view/format.ts';
import { Pager } from '../../view/pager.tsx';
import { ActionState, Progress, tellResult } from '../../view/progress.tsx';
import { Cell, Table } from '../../view/table.tsx';
import { Ago } from '../../view/time.tsx';
import type { PageProps } from '../pages.tsx';

const kinds = ['redrive', 'unpark', 'discard', 'rebuild', 'dry_run', 'replay', 'mend', 'reconcile'];

const heads = ['When', 'What', 'On', 'State', 'How much', 'Took', 'By', 'From a shell'];
const widths = ['6rem', '5.5rem', '12rem', '8rem', 'auto', '5rem', '7.5rem', '30%'];

const tookOf = ({ started_at, ended_at }: Action): string =>
  started_at === null || ended_at === null
    ? ''
    : duration(Math.max(0, Date.parse(ended_at) - Date.parse(started_at)));

const howMuch = ({ result, error, progress }: Action): string => {
  if (error !== null) return inline(error, 200);
  return result === null ? `${count(progress.done)} so far` : tellResult(result);
};

const Row = ({ action }: { action: Action }) => {
  const { requested_at, kind, target, by, input, command } = action;
  const reason = typeof input['reason'] === 'string' ? input['reason'] : undefined;
  return (
    <tr>
      <Cell of="When">
        <Ago at={requested_at} />
      </Cell>
      <Cell of="What">{kind.replace('_', ' ')}</Cell>
      <Cell of="On" class="data">
        {visible(target)}
      </Cell>
      <Cell of="State">
        <ActionState action={action} />
      </Cell>
      <Cell of="How much" class="data">
        {howMuch(action)}
        {reason !== undefined && <span class="soft"> Reason: {inline(reason, 200)}</span>}
      </Cell>
      <Cell of="Took">{tookOf(action)}</Cell>
      <Cell of="By" class="data">
        {visible(by)}
      </Cell>
      <Cell of="From a shell" class="one-line">
        <span class="id">
          <Copy text={command} what="command" />
          <code title={command}>{visible(command)}</code>
        </span>
      </Cell>
    </tr>
  );
};

export const Actions = ({ query }: PageProps) => {
  const { kind = '', after } = query;
  const { data, error, again } = usePoll(
    JSON.stringify([kind, after]),
    (signal) => get<ActionList>('/ops/actions', { kind, after, limit: 50 }, signal),
    ({ items }) => (items.every(hasEnded) ? 5_000 : 1_500),
  );
  const reconcile = useAction(again);
  return (
    <>
      <div class="page-head">
        <h1 tabIndex={-1}>Actions</h1>
        <button
          type="button"
          disabled={reconcile.isBusy}
          onClick={() => reconcile.begin('/ops/reconcile', {})}
        >
          Reconcile now
        </button>
      </div>
      {reconcile.error !== undefined && <Failure error={reconcile.error} />}
      {reconcile.started !== undefined && (
        <Progress
          key={reconcile.started.location}
          location={reconcile.started.location}
          first={reconcile.started.action}
          onEnd={again}
        />
      )}
      <Filters>
        <Select
          label="What"
          any="all actions"
          value={kind}
          options={kinds}
          onChange={(value) => setQuery({ kind: value, after: undefined })}
        />
      </Filters>
      {error !== undefined && !error.isAway && <Failure error={error} again={again} />}
      {data === undefined && error === undefined && <Loading />}
      {data !== undefined && data.items.length > 0 && (
        <Table label="Actions on record" heads={heads} widths={widths}>
          {data.items.map((action) => (
            <Row key={action.id} action={action} />
          ))}
        </Table>
      )}
      {data !== undefined && data.items.length === 0 && (
        <Empty title="Nothing is on record.">
          <p>
            What operators do is kept here: rebuilds, replays, dead letters put back or discarded, mendings. A
            first one that changes nothing: <a href={to('read-models')}>check a read model for drift</a>.
          </p>
        </Empty>
      )}
      <Pager
        first={after === undefined ? undefined : to('actions', { kind })}
        firstWord="Latest"
        next={data?.next_cursor ? to('actions', { kind, after: data.next_cursor }) : undefined}
        nextWord="Earlier"
      />
    </>
  );
};
