import { find } from '../../api/client.ts';
import type { EventAtSubscriber, EventDetail } from '../../api/types.ts';
import { usePoll } from '../../live/poll.ts';
import { to } from '../../router.ts';
import { Id } from '../../view/copy.tsx';
import { Empty, Failure, Loading } from '../../view/empty.tsx';
import { Facts } from '../../view/facts.tsx';
import { count, duration, visible } from '../../view/format.ts';
import { Json } from '../../view/json.tsx';
import { type Kind, State } from '../../view/state.tsx';
import { Cell, Table } from '../../view/table.tsx';
import { Ago } from '../../view/time.tsx';
import type { PageProps } from '../pages.tsx';

const kinds: Record<EventAtSubscriber['state'], Kind> = {
  pending: 'busy',
  queued: 'busy',
  retrying: 'late',
  applied: 'good',
  dead: 'bad',
  parked: 'bad',
  discarded: 'idle',
};

const wordOf = ({ state, attempts, max_attempts }: EventAtSubscriber): string =>
  state === 'retrying' ? `being retried, ${attempts} of ${max_attempts} failed` : state;

const Subscribers = ({ event }: { event: EventDetail }) => (
  <Table label="Where the event is" heads={['Subscriber', 'State', 'When', 'Last error']}>
    {event.subscribers.map((one) => (
      <tr key={one.subscription}>
        <Cell of="Subscriber">{one.subscription}</Cell>
        <Cell of="State">
          <State kind={kinds[one.state]} word={wordOf(one)} />
        </Cell>
        <Cell of="When">
          {one.applied_at !== null && (
            <>
              {duration(Math.max(0, Date.parse(one.applied_at) - Date.parse(event.recorded_at)))} after its
              recording
            </>
          )}
          {one.applied_at === null && one.failed_at !== null && <Ago at={one.failed_at} />}
        </Cell>
        <Cell of="Last error" class="data">
          {one.error !== null && `${visible(one.error.name)}: ${visible(one.error.message)} `}
          {one.dead_letter_id !== null && <a href={to(['dead-letters', one.dead_letter_id])}>Open it</a>}
        </Cell>
      </tr>
    ))}
  </Table>
);

const isSettled = ({ subscribers }: EventDetail): boolean =>
  subscribers.every(({ state }) => state === 'applied' || state === 'discarded');

const Published = ({ event: { published_at, parked_at, recorded_at } }: { event: EventDetail }) => {
  if (published_at === null)
    return (
      <State kind={parked_at === null ? 'busy' : 'bad'} word={parked_at === null ? 'pending' : 'parked'} />
    );
  const afterMs = Math.max(0, Date.parse(published_at) - Date.parse(recorded_at));
  return <>{duration(afterMs)} after its recording</>;
};

const Detail = ({ event }: { event: EventDetail }) => (
  <>
    <Facts
      facts={[
        ['Event id', <Id key="id" id={event.event_id} what="event id" whole />],
        [
          'Aggregate',
          <Id
            key="stream"
            id={event.stream_id}
            what="stream id"
            whole
            href={to(['aggregate', event.stream_id], { version: event.version })}
          />,
        ],
        ['Version', count(event.version)],
        ['Position', event.position === null ? 'none yet: it is pending' : count(event.position)],
        ['Recorded', <Ago key="at" at={event.recorded_at} />],
        ['Published', <Published key="published" event={event} />],
        ...(event.send_error === null
          ? []
          : [['Refused', visible(event.send_error)] satisfies [string, string]]),
        [
          'Caused by',
          <Id
            key="trace"
            id={event.metadata.correlation_id}
            what="correlation id"
            whole
            href={to(['trace', event.metadata.correlation_id])}
          />,
        ],
      ]}
    />
    <h2>Where it is now</h2>
    {event.subscribers.length === 0 ? (
      <Empty title="Nobody listens to this type of event." />
    ) : (
      <Subscribers event={event} />
    )}
    <div class="columns">
      <section aria-labelledby="data">
        <h2 id="data">Data</h2>
        <Json value={event.data} label="Data of the event" />
      </section>
      <section aria-labelledby="metadata">
        <h2 id="metadata">Metadata</h2>
        <Json
          value={{ schema_version: event.schema_version, ...event.metadata }}
          label="Metadata of the event"
        />
      </section>
    </div>
  </>
);

export const Event = ({ path: [id = ''] }: PageProps) => {
  const { data, error, again } = usePoll(
    id,
    async (signal) => ({
      event: await find<EventDetail>(`/ops/events/${encodeURIComponent(id)}`, {}, signal),
    }),
    ({ event }) => (event === undefined || isSettled(event) ? undefined : 2_000),
  );
  const event = data?.event;
  return (
    <>
      <div class="page-head">
        <h1 tabIndex={-1} class="data">
          {event === undefined ? 'Event' : visible(event.type)}
        </h1>
        <a href={to('log')}>To the log</a>
      </div>
      {error !== undefined && !error.isAway && <Failure error={error} again={again} />}
      {data === undefined && error === undefined && <Loading />}
      {event !== undefined && <Detail event={event} />}
      {data !== undefined && event === undefined && (
        <Empty title="There is no such event.">
          <p>
            Its id may be wrong, or it is older than the log is kept. <a href={to('log')}>See the log</a>
          </p>
        </Empty>
      )}
    </>
  );
};
