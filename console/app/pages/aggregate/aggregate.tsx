import { useState } from 'preact/hooks';
import { type ApiError, find, request } from '../../api/client.ts';
import type { Aggregate as AggregateAnswer, MendAnswer } from '../../api/types.ts';
import { usePoll } from '../../live/poll.ts';
import { go, setQuery, to } from '../../router.ts';
import { Copy } from '../../view/copy.tsx';
import { Empty, Failure, Loading } from '../../view/empty.tsx';
import { counted, visible } from '../../view/format.ts';
import { Lookup } from '../../view/lookup.tsx';
import { State } from '../../view/state.tsx';
import type { PageProps } from '../pages.tsx';
import { Documents } from './documents.tsx';
import { Events } from './events.tsx';
import { Versions } from './versions.tsx';

const everyMs = 3_000;

const addressOf = (id: string): string => `/ops/aggregates/${encodeURIComponent(id)}`;

const useAggregate = (id: string, version: number | undefined, after: string | undefined) =>
  usePoll(
    JSON.stringify([id, version, after]),
    async (signal) => {
      const query = { version, after_version: after, limit: 50 };
      const now = await find<AggregateAnswer>(addressOf(id), query, signal);
      const earlier = (now?.version ?? 0) - 1;
      const before =
        earlier < 1
          ? undefined
          : await find<AggregateAnswer>(addressOf(id), { version: earlier, limit: 1 }, signal);
      return { now, before: before?.state ?? null };
    },
    ({ now }) => (now === undefined ? undefined : everyMs),
  );

const useMend = (id: string, again: () => void) => {
  const [state, setState] = useState<{ isBusy: boolean; mended?: number; error?: ApiError }>({
    isBusy: false,
  });
  const mend = (): void => {
    setState({ isBusy: true });
    request('POST', `${addressOf(id)}/mend`).then(
      ({ body }) => {
        setState({ isBusy: false, mended: (body as MendAnswer).mended });
        again();
      },
      (error: ApiError) => setState({ isBusy: false, error }),
    );
  };
  return { ...state, mend };
};

const Missing = ({ missing }: { missing: AggregateAnswer['missing'] }) =>
  missing.length === 0 ? null : (
    <p class="missing">
      <State kind="late" word="Not applied yet:" />{' '}
      {missing.map(({ subscription, event_id, version }) => (
        <a key={`${subscription}${event_id}`} href={to(['event', event_id])}>
          version {version} at {subscription}
        </a>
      ))}
    </p>
  );

const OneAggregate = ({ id, query }: { id: string; query: Record<string, string> }) => {
  const wanted = Number(query['version']);
  const version = Number.isInteger(wanted) && wanted > 0 ? wanted : undefined;
  const { data, error, again } = useAggregate(id, version, query['after']);
  const mending = useMend(id, again);
  const [last, setLast] = useState(data);
  if (data !== undefined && data !== last) setLast(data);
  // The slider must not vanish under the hand while the next version is on its way.
  const shown = data ?? last;
  const now = shown?.now;
  return (
    <>
      <p class="subject data">
        <code>{visible(id)}</code> <Copy text={id} what="stream id" />
        {now !== undefined && (
          <span class="soft">
            {' '}
            {counted(now.last_version, 'version')},{' '}
            {now.store === 'events' ? 'kept as events alone' : 'kept as a document and its events'}
          </span>
        )}
      </p>
      {error !== undefined && !error.isAway && <Failure error={error} again={again} />}
      {shown === undefined && error === undefined && <Loading />}
      {shown !== undefined && now === undefined && (
        <Empty title="There is no such aggregate.">
          <p>
            A stream id is a type, a dash and an id, as in <a href={to('log')}>the log</a>.
          </p>
        </Empty>
      )}
      {now !== undefined && (
        <>
          <Missing missing={now.missing} />
          <Versions
            now={now}
            before={shown?.before ?? null}
            onChoose={(chosen) => setQuery({ version: chosen }, { replace: true })}
          />
          <Documents now={now} mending={mending} />
          <Events now={now} />
        </>
      )}
    </>
  );
};

export const Aggregate = ({ path: [id = ''], query }: PageProps) => (
  <>
    <div class="page-head">
      <h1 tabIndex={-1}>Aggregate</h1>
    </div>
    <Lookup
      label="Stream id"
      placeholder="such as Ticket-01a1fc42-…"
      value={id}
      onFind={(wanted) => go(to(['aggregate', wanted]))}
    />
    {id === '' ? (
      <Empty title="An aggregate is one thing with a history: a ticket, a product, an order.">
        <p>
          Choose one in <a href={to('log')}>the log</a>.
        </p>
      </Empty>
    ) : (
      <OneAggregate key={id} id={id} query={query} />
    )}
  </>
);
